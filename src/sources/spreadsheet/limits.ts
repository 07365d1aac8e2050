/** What a file of people may cost to read (security 25). */
export const LARGEST_FILE = 10 * 1024 * 1024;
export const MOST_ROWS = 100_000;
export const MOST_COLUMNS = 200;
export const LONGEST_CELL = 32 * 1024;
