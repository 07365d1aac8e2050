import type { z } from 'zod';
import { directoryOf } from '../../../management/directory';
import {
  entryChangeForm,
  licenceChangeForm,
  newEntryForm,
  newLicenceForm,
  type NewEntryForms,
} from '../../../management/directory-forms';
import { pageAnswer, paging } from './paging';
import { route, type ApiRoute } from './route';
import { group, licence, permissionProfile } from './schemas';

interface Directory<K extends keyof NewEntryForms> {
  kind: K;
  name: 'groups' | 'permission-profiles' | 'licences';
  tag: string;
  noun: string;
  schema: z.ZodType;
  newForm: z.ZodType<NewEntryForms[K]>;
  changeForm: z.ZodType<Partial<NewEntryForms[K]>>;
}

/** The three directories of an organization are managed alike. */
function routesOf<K extends keyof NewEntryForms>(directory: Directory<K>): ApiRoute[] {
  const { kind, name, tag, noun, schema, newForm, changeForm } = directory;
  const path = `/organizations/{org}/${name}`;
  const { list, create, read, change, remove } = directoryOf(kind);
  return [
    route({
      ...{ method: 'get', path, tag, scope: `${name}:read` },
      summary: `List ${tag.toLowerCase()}`,
      query: paging,
      answer: pageAnswer(schema),
      handle: ({ deps, caller, org, query }) => list(deps, caller, org, query),
    }),
    route({
      ...{ method: 'post', path, tag, scope: `${name}:write` },
      summary: `Create a ${noun}`,
      body: newForm,
      answer: { status: 201, schema },
      refusals: ['conflict'],
      handle: ({ deps, caller, org, body }) => create(deps, caller, org, body),
    }),
    route({
      ...{ method: 'get', path: `${path}/{id}`, tag, scope: `${name}:read` },
      summary: `Read a ${noun}`,
      answer: { status: 200, schema },
      handle: ({ deps, caller, org, id }) => read(deps, caller, org, id),
    }),
    route({
      ...{ method: 'patch', path: `${path}/{id}`, tag, scope: `${name}:write` },
      summary: `Change a ${noun}`,
      body: changeForm,
      answer: { status: 200, schema },
      refusals: ['conflict'],
      handle: ({ deps, caller, org, id, body }) => change(deps, caller, org, id, body),
    }),
    route({
      ...{ method: 'delete', path: `${path}/{id}`, tag, scope: `${name}:write` },
      summary: `Delete a ${noun} that nothing uses`,
      answer: { status: 204 },
      refusals: ['in_use'],
      handle: ({ deps, caller, org, id }) => remove(deps, caller, org, id),
    }),
  ];
}

const entryForms = { newForm: newEntryForm, changeForm: entryChangeForm };

export const directoryRoutes: readonly ApiRoute[] = [
  ...routesOf({ kind: 'groups', name: 'groups', tag: 'Groups', noun: 'group', schema: group, ...entryForms }),
  ...routesOf({
    ...{ kind: 'permission_profiles', name: 'permission-profiles', tag: 'Permission profiles' },
    ...{ noun: 'permission profile', schema: permissionProfile, ...entryForms },
  }),
  ...routesOf({
    ...{ kind: 'licences', name: 'licences', tag: 'Licences', noun: 'licence', schema: licence },
    ...{ newForm: newLicenceForm, changeForm: licenceChangeForm },
  }),
];
