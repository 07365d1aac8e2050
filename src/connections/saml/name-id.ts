import { NAMEID_UNSPECIFIED } from './names';
import { attribute, text, type Element } from './xml';

/** A NameID (Core 2.2.3): what an identity provider calls a person. */
export interface NameId {
  value: string;
  format: string;
  nameQualifier?: string;
  spNameQualifier?: string;
}

/** Reads a NameID element; without Format it is of the unspecified one (Core 2.2.2). */
export const readNameId = (element: Element): NameId => {
  const nameQualifier = attribute(element, 'NameQualifier');
  const spNameQualifier = attribute(element, 'SPNameQualifier');
  return {
    value: text(element),
    format: attribute(element, 'Format') ?? NAMEID_UNSPECIFIED,
    ...(nameQualifier !== undefined && { nameQualifier }),
    ...(spNameQualifier !== undefined && { spNameQualifier }),
  };
};
