import { strToU8, zipSync } from 'fflate';

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
/** Cell styles: 1 is a day, 2 an instant. */
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>`;

/** A cell by its XML: what a real workbook holds there. */
export const cell = {
  text: (at: string, text: string) => `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`,
  number: (at: string, stored: string, style = 0) => `<c r="${at}" s="${style}"><v>${stored}</v></c>`,
  yesOrNo: (at: string, value: 0 | 1) => `<c r="${at}" t="b"><v>${value}</v></c>`,
  formula: (at: string, formula: string, cached: string) =>
    `<c r="${at}" t="str"><f>${formula}</f><v>${cached}</v></c>`,
};

export const row = (number: number, ...cells: string[]): string => `<row r="${number}">${cells.join('')}</row>`;

/** A row of text cells, from column A on. */
export const textRow = (number: number, ...texts: string[]): string =>
  row(number, ...texts.map((text, index) => cell.text(`${String.fromCharCode(65 + index)}${number}`, text)));

/** A workbook of the given sheets, each by the XML of its rows; `more` are further parts by their path. */
export function workbook(sheets: readonly string[], more: Readonly<Record<string, string | Uint8Array>> = {}): Buffer {
  const numbers = sheets.map((_, index) => index + 1);
  const listed = numbers.map((n) => `<sheet name="Sheet ${n}" sheetId="${n}" r:id="rId${n}"/>`).join('');
  const related = numbers.map(
    (n) => `<Relationship Id="rId${n}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
  );
  const parts = {
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${listed}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships>${related.join('')}</Relationships>`,
    'xl/styles.xml': STYLES,
    ...Object.fromEntries(
      sheets.map((rows, index) => [
        `xl/worksheets/sheet${index + 1}.xml`,
        `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`,
      ]),
    ),
    ...more,
  };
  const bytes = Object.entries(parts).map(([path, part]) => [path, typeof part === 'string' ? strToU8(part) : part]);
  return Buffer.from(zipSync(Object.fromEntries(bytes)));
}
