import type { IncomingMessage } from 'node:http';
import type { Interaction } from 'oidc-provider';
import { resultOf, standingOf, type Standing } from './interaction';
import type { Provider } from './load-library';
import { letGoOn } from './settled';
import type { Visitor } from './visitor';

/** A request of an application that waits for the person, as it was found: whoever has it asks it, and not the database again. */
export interface Pending {
  uid: string;
  /** Where it goes on, on this very service. */
  resumePath: string;
  organization?: string;
  /** Id of the connection that the application asks for. */
  connection?: string;
  loginHint?: string;
  /** As it came. */
  acrValues?: string;
  /** Where the browser goes in the end. */
  redirectUri: string;
  /** What the application is called. */
  applicationName(): Promise<string>;
  standing(visitor: Visitor | undefined): Standing;
  /** Lets it go on with whoever is signed in now, as this request of the browser is answered. */
  settle(req: IncomingMessage, visitor: Visitor): void;
  /** The person chose where to sign in; who was there already is the one there was. */
  choose(visitor: Visitor): Promise<void>;
  /** The application is told that the person may not, or could not sign in. */
  decline(): Promise<void>;
}

const NOT_OPEN = 'the application is not for this person';
const NOBODY = 'nobody was signed in';

export function pendingOf({ Client }: Provider, interaction: Interaction): Pending {
  const { uid, params, returnTo } = interaction;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const change = async (what: Partial<Interaction>): Promise<void> => {
    await Object.assign(interaction, what).persist();
  };
  return {
    uid,
    resumePath: new URL(returnTo).pathname,
    organization: text(params.organization),
    connection: text(params.connection),
    loginHint: text(params.login_hint),
    acrValues: text(params.acr_values),
    redirectUri: String(params.redirect_uri),
    applicationName: async () => (await Client.find(String(params.client_id)))?.clientName ?? '',
    standing: (visitor) => standingOf(interaction, visitor),
    settle(req, visitor) {
      if (!interaction.result?.error) interaction.result = resultOf(interaction, visitor);
      letGoOn(req, interaction);
    },
    choose: ({ organization, person }) =>
      change({
        params: { ...interaction.params, organization },
        result: { ...interaction.result, select_account: {} },
        session: { ...interaction.session, cookie: person?.session.id ?? '' } as Interaction['session'],
      }),
    decline: () =>
      change({
        result: {
          error: 'access_denied',
          error_description: interaction.prompt.name === 'access' ? NOT_OPEN : NOBODY,
        },
      }),
  };
}
