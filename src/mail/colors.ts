/** A letter's button where the organization has no colour of its own. */
const DEFAULT = '#16181d';
const WHITE = '#ffffff';
/** The relative luminance at which black and white stand out alike: 1.05 / (L + 0.05) = (L + 0.05) / 0.05. */
const MIDDLE = Math.sqrt(1.05 * 0.05) - 0.05;

/** The organization's colour and what can be read on it (WCAG 2.2, 1.4.3). */
export function colorsOf(color: string | undefined): { color: string; ink: string } {
  const own = color && /^#[0-9a-f]{6}$/i.test(color) ? color.toLowerCase() : DEFAULT;
  return { color: own, ink: luminance(own) > MIDDLE ? '#000000' : WHITE };
}

/** WCAG 2.2, definition of relative luminance. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
