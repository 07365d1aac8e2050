import type { StandardAttribute } from '../domain/attributes';
import type { FieldProblem } from '../domain/errors';
import type { DesiredAccess } from '../domain/desired-record';
import {
  oneLine,
  readDate,
  readEmail,
  readGroups,
  readLocale,
  readPhone,
  readUsername,
  readUserType,
  readYesOrNo,
  type Read,
} from './read-cell';

/** What is wrong in a cell or a line. */
export interface RowProblem extends FieldProblem {
  /** What was probably meant. */
  suggestion?: string;
  /** The line that has it already. */
  line?: number;
}

export interface Column {
  /** What a file's first line calls it. */
  header: string;
  /** What others call it; compared without case, spaces and punctuation. */
  aliases: readonly string[];
  /** One example for the template. */
  example: string;
  read: (text: string) => Read<unknown>;
}

/**
 * Everything that a line can say of a person: the one definition that reads a file, mends a cell, checks what a directory
 * sends and makes the template. In the template's order.
 */
export const COLUMNS = {
  displayName: {
    header: 'User name',
    aliases: ['full name', 'name', 'display name', 'person', 'Name', 'Anzeigename', 'Vollständiger Name', 'cn'],
    example: 'Pat O’Leary',
    read: oneLine(200),
  },
  email: {
    header: 'Email',
    aliases: [
      'e-mail',
      'e-mail address',
      'email address',
      'mail',
      'primary email',
      'work email',
      'E-Mail-Adresse',
      'userPrincipalName',
    ],
    example: 'pat.oleary@example.com',
    read: readEmail,
  },
  userType: { header: 'User type', aliases: ['type', 'role', 'Benutzertyp'], example: 'Standard', read: readUserType },
  site: { header: 'Site', aliases: ['location', 'office', 'branch', 'Standort'], example: 'HQ', read: oneLine(120) },
  givenName: {
    header: 'Given name',
    aliases: ['first name', 'forename', 'Vorname'],
    example: 'Pat',
    read: oneLine(120),
  },
  familyName: {
    header: 'Family name',
    aliases: ['last name', 'surname', 'sn', 'Nachname', 'Familienname'],
    example: 'O’Leary',
    read: oneLine(120),
  },
  username: {
    header: 'Login name',
    aliases: ['username', 'login', 'user id', 'sAMAccountName', 'Anmeldename', 'Benutzername'],
    example: '',
    read: readUsername,
  },
  phone: {
    header: 'Phone',
    aliases: ['telephone', 'phone number', 'telephone number', 'mobile', 'Telefon', 'Telefonnummer'],
    example: '+353 1 555 0100',
    read: readPhone,
  },
  extension: {
    header: 'Extension',
    aliases: ['ext', 'phone extension', 'Durchwahl'],
    example: '204',
    read: oneLine(20),
  },
  department: {
    header: 'Department',
    aliases: ['dept', 'division', 'Abteilung'],
    example: 'Finance',
    read: oneLine(200),
  },
  title: {
    header: 'Title',
    aliases: ['job title', 'position', 'Funktion', 'Titel'],
    example: 'Controller',
    read: oneLine(200),
  },
  groups: {
    header: 'Groups',
    aliases: ['group', 'memberships', 'Gruppe', 'Gruppen'],
    example: 'Finance; Everyone',
    read: readGroups,
  },
  permissionProfile: {
    header: 'Permission profile',
    aliases: ['profile', 'Berechtigungsprofil'],
    example: '',
    read: oneLine(200),
  },
  licence: { header: 'Licence', aliases: ['license', 'Lizenz'], example: '', read: oneLine(200) },
  accessUntil: { header: 'Access until', aliases: ['end date', 'expires', 'Zugang bis'], example: '', read: readDate },
  adminManaged: { header: 'Admin-managed', aliases: ['managed by admins'], example: '', read: readYesOrNo },
  locale: { header: 'Language', aliases: ['locale', 'Sprache'], example: '', read: readLocale },
  externalId: {
    header: 'External ID',
    aliases: ['employee number', 'employee id', 'personnel number', 'Personalnummer', 'id'],
    example: '00417',
    read: oneLine(200),
  },
} as const satisfies Record<StandardAttribute | keyof DesiredAccess, Column>;

export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

/** A header as it is compared: letters and digits only, without case; a star that marks what is required does not count. */
export const headerKey = (header: string): string =>
  header
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

const BY_HEADER: ReadonlyMap<string, ColumnName> = new Map(
  COLUMN_NAMES.flatMap((name) =>
    [name, COLUMNS[name].header, ...COLUMNS[name].aliases].map((header) => [headerKey(header), name] as const),
  ),
);

/** As people read it: `User name` is a full name, `username` a login name. */
const asWritten = (header: string): string => header.replaceAll('*', '').trim().toLowerCase();

const BY_WRITTEN_HEADER: ReadonlyMap<string, ColumnName> = new Map(
  COLUMN_NAMES.map((name) => [asWritten(COLUMNS[name].header), name]),
);

/** The column that a header names: one of the template's own, or in any case and common wording. */
export const columnOf = (header: string): ColumnName | undefined =>
  BY_WRITTEN_HEADER.get(asWritten(header)) ?? BY_HEADER.get(headerKey(header));
