import type { ApplicationView } from '../../../management/applications';
import { linesOf } from './lines';

/** What an application's form holds, as it is shown and typed. */
export interface ApplicationValues {
  name: string;
  type: string;
  redirectUris: string;
  postLogoutRedirectUris: string;
  backchannelLogoutUri: string;
  initiateLoginUri: string;
  reach: string;
  organizations: string;
  groups: string;
  licences: string;
  claims: readonly string[];
}

export const NEW_APPLICATION: ApplicationValues = {
  ...{ name: '', type: 'web', redirectUris: '', postLogoutRedirectUris: '' },
  ...{ backchannelLogoutUri: '', initiateLoginUri: '', reach: 'all', organizations: '', groups: '', licences: '' },
  claims: [],
};

export function valuesOf({ access, organizations, ...application }: ApplicationView): ApplicationValues {
  const only = access === 'everyone' ? { groups: [], licences: [] } : access;
  return {
    name: application.name,
    type: application.tokenEndpointAuthMethod === 'none' ? 'spa' : 'web',
    redirectUris: application.redirectUris.join('\n'),
    postLogoutRedirectUris: application.postLogoutRedirectUris.join('\n'),
    backchannelLogoutUri: application.backchannelLogoutUri ?? '',
    initiateLoginUri: application.initiateLoginUri ?? '',
    reach: organizations === 'all' ? 'all' : 'some',
    organizations: organizations === 'all' ? '' : organizations.join('\n'),
    groups: only.groups.join('\n'),
    licences: only.licences.join('\n'),
    claims: application.claims ?? [],
  };
}

/** As the management room reads it; how it proves itself is settled when it is created. */
export function formOf(values: ApplicationValues): object {
  const [groups, licences] = [linesOf(values.groups), linesOf(values.licences)];
  const only = { ...(groups.length && { groups }), ...(licences.length && { licences }) };
  return {
    name: values.name,
    redirectUris: linesOf(values.redirectUris),
    postLogoutRedirectUris: linesOf(values.postLogoutRedirectUris),
    backchannelLogoutUri: values.backchannelLogoutUri.trim() || null,
    initiateLoginUri: values.initiateLoginUri.trim() || null,
    organizations: values.reach === 'some' ? linesOf(values.organizations) : 'all',
    access: Object.keys(only).length ? only : 'everyone',
    claims: values.claims.length ? values.claims : null,
  };
}
