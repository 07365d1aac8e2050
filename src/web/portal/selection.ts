import { isUuid } from '../../management/uuid';
import type { PortalCall } from './call';

/** Who was ticked in a list, also on other pages of it, or everybody who fits its filter. */
export type Selected<F> = { ids: readonly string[]; matching?: undefined } | { matching: F; ids?: undefined };

/** Either ids, each in a field of its own or several in one, or everybody who fits the list's filter. */
export function selectionIn<F>({ form }: PortalCall, filterIn: (read: (name: string) => string) => F): Selected<F> {
  if (form.text('all')) return { matching: filterIn((name) => form.text(name)) };
  const ids = form.all('ids').flatMap((value) => value.split(','));
  return { ids: [...new Set(ids.filter(isUuid))] };
}

/** The same as hidden fields, for the form that starts what was asked for. */
export function hiddenSelection(
  { form }: PortalCall,
  { ids }: Selected<unknown>,
  filters: readonly string[],
): Record<string, string> {
  return ids ? { ids: ids.join(',') } : { all: 'on', ...filled((name) => form.text(name), filters) };
}

/** The named values that are not empty: a form sends its empty fields, too. */
export const filled = (read: (name: string) => string | undefined, names: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    names.map((name) => [name, read(name)?.trim() ?? ''] as const).filter(([, value]) => value !== ''),
  );
