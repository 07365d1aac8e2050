import type { CheckOut } from '../check-out';

const hostile = ['test/sources/spreadsheet-hostile.test.ts'];
const imports = ['test/flows/api-imports.test.ts'];

/** People who come from a file: requirements 25 and 26. */
export const IMPORT_CHECKS: readonly CheckOut[] = [
  {
    requirement: 25,
    check: 'workbook: looked at before it is parsed',
    file: 'src/sources/spreadsheet/read-xlsx.ts',
    take: '  await checkZip(bytes);\n',
    tests: hostile,
  },
  {
    requirement: 25,
    check: 'workbook: its size once unpacked',
    file: 'src/sources/spreadsheet/check-zip.ts',
    take: 'Math.min(MOST_UNPACKED, size * MOST_RATIO)',
    leave: 'size * MOST_RATIO',
    tests: hostile,
  },
  {
    requirement: 25,
    check: 'workbook: how much more than its size it unpacks to',
    file: 'src/sources/spreadsheet/check-zip.ts',
    take: 'Math.min(MOST_UNPACKED, size * MOST_RATIO)',
    leave: 'MOST_UNPACKED',
    tests: hostile,
  },
  {
    requirement: 25,
    check: 'workbook: its real sizes, not those it tells',
    file: 'src/sources/spreadsheet/check-zip.ts',
    take: '    for (const entry of entries) await unpack(zip, entry);\n',
    tests: hostile,
  },
  {
    requirement: 25,
    check: 'template: no formula',
    file: 'src/sources/spreadsheet/template.ts',
    take: 'escape_formulas: true, ',
    tests: ['test/sources/spreadsheet.test.ts'],
  },
  {
    requirement: 26,
    check: 'import: nobody above whoever saves it, looked at again while saving',
    file: 'src/runs/commit.ts',
    take: "    else if (isUntouchable(record, evaluator.untouchable)) settled.push(result(line, 'refused', 'insufficient_scope'));\n",
    tests: imports,
  },
  {
    requirement: 26,
    check: 'import: nobody above whoever brings it',
    file: 'src/runs/evaluate.ts',
    take: "  if (isUntouchable(record, untouchable))\n    found.push({ field: 'line', code: 'insufficient_scope', message: ERRORS.insufficient_scope[1] });\n",
    tests: imports,
  },
];
