import { applyApplication } from '../management/apply-application';
import { commandCaller, type ManagementDeps } from '../management/deps';
import { sampleApplicationOrigin } from './sample-application';

/** For trying one's own application: it is no secret, and any address of this machine may be its redirect URI. */
export const MY_APP = { clientId: 'my-app', clientSecret: 'my-app-secret-for-trying-things-out' };

export interface SampleClient {
  port: number;
  clientId: string;
  clientSecret: string;
}

/** Registers the sample application where it listens this time, and the ready client for one's own. */
export async function plantApplications(deps: ManagementDeps, sample: SampleClient): Promise<void> {
  const origin = sampleApplicationOrigin(sample.port);
  await applyApplication(deps, commandCaller, {
    ...{ clientId: sample.clientId, clientSecret: sample.clientSecret, name: 'Sample application' },
    redirectUris: [`${origin}/callback`],
    postLogoutRedirectUris: [`${origin}/`],
    backchannelLogoutUri: `${origin}/backchannel-logout`,
    initiateLoginUri: `${origin}/sign-in`,
  });
  const mine = { ...MY_APP, name: 'My application', redirectUris: ['http://localhost:3001/callback'] };
  await applyApplication(deps, commandCaller, mine, { anyLoopback: true });
}
