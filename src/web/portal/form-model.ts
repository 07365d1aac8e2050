/** What a form of the portal sent. */
export interface PortalForm {
  /** One field as it was typed; empty when it is missing or doubled. */
  text(field: string): string;
  /** Every value of a field that may occur more than once. */
  all(field: string): readonly string[];
}
