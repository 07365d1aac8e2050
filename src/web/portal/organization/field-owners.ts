import { STANDARD_ATTRIBUTES } from '../../../domain/attributes';
import { OWNABLE_ACCESS, SOURCE_KINDS, type FieldOwners, type Policy, type SourceKind } from '../../../domain/policy';
import type { PortalForm } from '../form-model';

/** One field and the two sources that are asked for it first, as the form shows it; empty: as usual. */
export interface OwnedField {
  field: FieldOwners['field'];
  first: string;
  second: string;
}

/** Every field that has an owner or could have one. */
export const ownedFields = (policy: Policy): readonly OwnedField[] =>
  fieldsOf(policy).map((field) => {
    const [first = '', second = ''] = sourcesOf(policy, field);
    return { field, first, second };
  });

export const typedOwners = ({ text }: PortalForm, policy: Policy): readonly OwnedField[] =>
  fieldsOf(policy).map((field) => ({ field, first: text(`first.${field}`), second: text(`second.${field}`) }));

/** What it changes of the policy. A third source and any beyond, which the form does not show, stay behind the two. */
export const changeOfOwners = (owned: readonly OwnedField[], policy: Policy): object => ({
  fieldOwners: owned.flatMap(({ field, first, second }) => {
    const chosen = [...new Set([first, second])].filter((kind) => kind !== '');
    const rest = sourcesOf(policy, field).slice(2);
    const sources = [...chosen, ...rest.filter((kind) => !chosen.includes(kind))];
    return chosen.length ? [{ field, sources }] : [];
  }),
});

/** Sources to choose from: those that may create accounts here, and those that own something already. */
export const owningKinds = (policy: Policy): readonly SourceKind[] => {
  const named = new Set([...policy.allowedSources, ...policy.fieldOwners.flatMap(({ sources }) => sources)]);
  return SOURCE_KINDS.filter((kind) => named.has(kind));
};

const fieldsOf = ({ fieldOwners }: Policy): readonly FieldOwners['field'][] => [
  ...new Set([...STANDARD_ATTRIBUTES, ...OWNABLE_ACCESS, ...fieldOwners.map(({ field }) => field)]),
];

const sourcesOf = ({ fieldOwners }: Policy, field: string): readonly SourceKind[] =>
  fieldOwners.find((one) => one.field === field)?.sources ?? [];
