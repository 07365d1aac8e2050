import type { Letter, LetterKind } from './letter';

/** What stands in a letter, in this order; the words are in `views/mail`, under the letter's kind unless they begin with a dot. */
export interface Outline {
  before: readonly string[];
  contacts?: readonly string[];
  /** The one button. */
  action?: { words: string; url: string };
  /** Another way, as an address. */
  also?: { words: string; url: string };
  after: readonly string[];
  /** What the words may name besides the organization. */
  values?: Readonly<Record<string, string>>;
}

const VALID = '.link.valid';

/** A link that was asked for: what happened, one button, how long it counts, and what if it was somebody else. */
const link = ({ url }: { url: string }): Outline => ({
  before: ['happened', 'todo'],
  action: { words: 'action', url },
  after: [VALID, 'notYou'],
});

const OUTLINES: { [K in LetterKind]: (letter: Extract<Letter, { kind: K }>) => Outline } = {
  confirm_signup: link,
  set_password: link,
  reset_password: link,
  owner_invite: link,
  confirm_email: (letter) => ({ ...link(letter), values: { newEmail: letter.newEmail } }),
  already_registered: ({ signInUrl, forgotUrl }) => ({
    before: ['happened', 'todo'],
    action: { words: 'action', url: signInUrl },
    also: forgotUrl ? { words: 'also', url: forgotUrl } : undefined,
    after: ['notYou'],
  }),
  sign_in_elsewhere: ({ signInUrl, connection }) => ({
    before: ['happened', connection ? 'todoWith' : 'todo'],
    action: { words: connection ? 'actionWith' : 'action', url: signInUrl },
    after: ['notYou'],
    values: connection ? { connection } : undefined,
  }),
  ask_admin: ({ contacts }) => ({ before: ['happened', 'todo'], contacts, after: ['notYou'] }),
  password_changed: ({ forgotUrl, contacts }) => ({
    before: ['happened', 'todo', forgotUrl ? 'notYou' : 'notYouAsk'],
    contacts,
    action: forgotUrl ? { words: 'action', url: forgotUrl } : undefined,
    after: [],
  }),
  second_factor_changed: ({ change, contacts }) => ({
    before: [`happened.${change}`, 'todo', 'notYou'],
    contacts,
    after: [],
  }),
  email_changed: ({ newEmail, contacts }) => ({
    before: ['happened', 'todo', 'notYou'],
    contacts,
    after: [],
    values: { newEmail },
  }),
  no_admin_left: ({ url }) => ({
    before: ['happened', url ? 'todo' : 'todoAsk'],
    action: url ? { words: 'action', url } : undefined,
    after: [],
  }),
  break_glass_used: ({ person, url }) => ({
    before: ['happened', 'todo', 'notYou'],
    action: url ? { words: 'action', url } : undefined,
    after: [],
    values: { person },
  }),
  test: () => ({ before: ['happened', 'todo'], after: [] }),
};

/** What a letter says, in which order. */
export const outlineOf = (letter: Letter): Outline => (OUTLINES[letter.kind] as (one: Letter) => Outline)(letter);
