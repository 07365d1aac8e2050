import { PART_SAMPLES } from '../../src/web/portal/part-samples';
import { inPortal, sample, type Sample } from './pages-sample';

const group = (id: string, name: string, description: string | null) => ({
  ...{ id, name, description },
  url: `/acme/admin/groups/${id}`,
});

/** The first pages of the portals. */
export const portalPages: readonly Sample[] = [
  sample('portal-parts', 'portal/parts', PART_SAMPLES, inPortal()),
  sample(
    'portal-groups',
    'portal/directory',
    {
      name: 'groups',
      entries: [
        group('1', 'Administrators', 'May change settings of the applications'),
        group('2', 'Donaudampfschifffahrtskapitäne', null),
        group('3', 'Engineering', 'Everybody in Kraków and Lyon'),
      ],
      newUrl: '/acme/admin/groups/new',
    },
    inPortal('/groups'),
  ),
  sample(
    'portal-groups-empty',
    'portal/directory',
    { name: 'groups', entries: [], newUrl: '/new' },
    inPortal('/groups'),
  ),
  sample(
    'portal-licences',
    'portal/directory',
    {
      name: 'licences',
      entries: [
        { id: '1', name: 'Full', seats: 1500, used: 1284, free: 216, url: '/acme/admin/licences/1' },
        { id: '2', name: 'Reader', seats: null, used: 12_408, free: null, url: '/acme/admin/licences/2' },
      ],
    },
    inPortal('/licences'),
  ),
  sample(
    'portal-group-problem',
    'portal/directory-entry',
    {
      ...{ name: 'groups', title: 'Engineering', action: '/x', listUrl: '/acme/admin/groups', deleteUrl: '/x/delete' },
      mayChange: true,
      values: { name: '', description: 'Everybody in Kraków and Lyon' },
      errors: [{ field: 'name', code: 'required' }],
    },
    inPortal('/groups/1'),
  ),
  sample(
    'portal-confirm',
    'portal/confirm',
    {
      title: 'Delete Engineering?',
      consequences: ['Engineering is gone for good.', 'Applications are told so at the next sign-in.'],
      ...{ action: '/x', button: 'Delete', danger: true, cancelUrl: '/acme/admin/groups' },
    },
    inPortal('/groups/1/delete'),
  ),
  sample(
    'portal-problem',
    'portal/problem',
    { words: 'conflict', detail: 'Accounts still have it.', backUrl: '/acme/admin' },
    inPortal('/groups/1/delete'),
  ),
  sample(
    'resume-ended',
    'resume',
    { action: '/x', fields: [{ name: 'name', value: 'x' }], dropped: true, signInUrl: '/acme' },
    { organization: inPortal().organization },
  ),
  sample(
    'resume-again',
    'resume',
    { action: '/x', fields: [], dropped: false },
    { organization: inPortal().organization },
  ),
];
