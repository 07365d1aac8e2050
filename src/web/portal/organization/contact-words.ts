import type { Translate } from '../../languages';

interface Named {
  attributes: Readonly<Record<string, string | null | undefined>>;
  email: string | null;
}

/** What a contact is called: by its name, else by its address. */
export const contactName = ({ attributes, email }: Named, t: Translate): string =>
  attributes.displayName ?? email ?? t('portal.newUsers.nameless');

/** The address, beside a name that is not the address itself. */
export const addressBeside = (contact: Named, t: Translate): string | undefined =>
  contact.email === contactName(contact, t) ? undefined : (contact.email ?? undefined);
