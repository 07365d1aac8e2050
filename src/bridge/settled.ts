import type { IncomingMessage } from 'node:http';
import type { Interaction } from 'oidc-provider';
import type { Library, Provider } from './load-library';

const settled = new WeakMap<IncomingMessage, Interaction>();

/** This very request of the browser lets the pending one go on, with the result that it has now. */
export const letGoOn = (req: IncomingMessage, interaction: Interaction): void => void settled.set(req, interaction);

/** The library takes a pending request that goes on as it was found, instead of finding it written anew. */
export function useSettled({ Interaction }: Provider, library: Library): void {
  const kept = Interaction.find.bind(Interaction) as (uid: string) => Promise<Interaction | undefined>;
  const find = async (uid: string): Promise<Interaction | undefined> => {
    const req = library.Provider.ctx?.req;
    const here = req && settled.get(req);
    return here?.uid === uid ? here : kept(uid);
  };
  Object.defineProperty(Interaction, 'find', { value: find });
}
