/** A line of a sheet as it stands there; `line` is the number that a spreadsheet program shows beside it. */
export interface SheetLine {
  line: number;
  cells: readonly string[];
}

export type SheetLines = AsyncGenerator<SheetLine, void, undefined>;

export const isEmptyLine = ({ cells }: SheetLine): boolean => cells.every((cell) => !cell.trim());
