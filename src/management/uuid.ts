const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the canonical text form, the only one in which ids are given out. */
export const isUuid = (text: string): boolean => UUID.test(text);
