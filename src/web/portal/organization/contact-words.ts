import type { Translate } from '../../languages';

/** What a contact is called: by its name, else by its address. */
export const contactName = (
  { attributes, email }: { attributes: Readonly<Record<string, string | null | undefined>>; email: string | null },
  t: Translate,
): string => attributes.displayName ?? email ?? t('portal.newUsers.nameless');
