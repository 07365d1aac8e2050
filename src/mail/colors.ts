import { contrast, isColor } from '../domain/color';

/** A letter's button where the organization has no colour of its own. */
const DEFAULT = '#16181d';
const [WHITE, BLACK] = ['#ffffff', '#000000'];

/** The organization's colour and what can be read on it (WCAG 2.2, 1.4.3). */
export function colorsOf(color: string | undefined): { color: string; ink: string } {
  const own = color && isColor(color) ? color.toLowerCase() : DEFAULT;
  return { color: own, ink: contrast(own, BLACK) > contrast(own, WHITE) ? BLACK : WHITE };
}
