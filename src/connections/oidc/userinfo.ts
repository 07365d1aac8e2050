import { fetchUserInfo, type Configuration } from 'openid-client';
import type { Claims } from './claims';
import { failureOf } from './library-errors';
import type { Redeemed } from './redeem';
import type { Stage } from './refusals';
import type { OidcSettings } from './settings';

/**
 * What userinfo adds (Core 5.3). Asked only where the provider has it and the ID token lacks something that is needed; its `sub` must
 * be the token's.
 */
export async function readUserinfo(
  client: Configuration,
  settings: OidcSettings,
  { claims, subject, accessToken }: Redeemed,
): Promise<Stage<{ userinfo?: Claims }>> {
  const isComplete = neededClaims(settings).every((name) => claims[name] !== undefined);
  if (isComplete || !client.serverMetadata().userinfo_endpoint) return { steps: [] };
  try {
    const userinfo = await fetchUserInfo(client, accessToken, subject);
    return {
      steps: [
        { rule: 'userinfo', ok: true },
        { rule: 'userinfo_subject', ok: true },
      ],
      userinfo,
    };
  } catch (error) {
    return { steps: [], failure: failureOf(error, 'userinfo') };
  }
}

const neededClaims = ({ subjectFrom }: OidcSettings): readonly string[] =>
  subjectFrom === 'sub' ? ['email', 'groups'] : ['email', 'groups', subjectFrom.claim];
