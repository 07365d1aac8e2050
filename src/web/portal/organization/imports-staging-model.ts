import type { ImportRowView } from '../../../management/import-row-view';
import type { ImportView } from '../../../management/import-view';
import type { FieldError } from '../../page-context';
import type { RowPlace } from './imports-row-field';

/** What the page shows on which people look before anything is saved. */
export interface StagingModel extends RowPlace {
  run: ImportView;
  rows: readonly ImportRowView[];
  nextCursor: string | null;
  /** Invitations set a password: nothing for people who sign in with the identity provider. */
  offersInvitations: boolean;
  errors: readonly FieldError[];
  /** What stands in the form that saves. */
  inviteAt: string;
}
