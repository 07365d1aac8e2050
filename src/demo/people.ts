/** A fictitious person of the sample identity provider. */
export interface Person {
  /** Stable and opaque: the persistent NameID, or `sub`. */
  id: string;
  email: string;
  givenName: string;
  familyName: string;
  displayName: string;
  department: string;
  title: string;
  groups: readonly string[];
}

/** Whom the SAML side knows. Names in several scripts, because real directories have them. */
export const ACME_PEOPLE: readonly Person[] = [
  {
    id: 'acme-0001',
    email: 'pat.oleary@acme.example',
    givenName: 'Pat',
    familyName: "O'Leary",
    displayName: "Pat O'Leary",
    department: 'IT',
    title: 'Head of IT',
    groups: ['admins', 'engineering'],
  },
  {
    id: 'acme-0002',
    email: 'lukasz.nowak@acme.example',
    givenName: 'Łukasz',
    familyName: 'Nowak',
    displayName: 'Łukasz Nowak',
    department: 'Engineering',
    title: 'Software engineer',
    groups: ['engineering'],
  },
  {
    id: 'acme-0003',
    email: 'maria.suarez@acme.example',
    givenName: 'María',
    familyName: 'Suárez',
    displayName: 'María Suárez',
    department: 'Sales',
    title: 'Account executive',
    groups: ['sales'],
  },
  {
    id: 'acme-0004',
    email: 'li.ming@acme.example',
    givenName: '明',
    familyName: '李',
    displayName: '李 明',
    department: 'Engineering',
    title: 'Site reliability engineer',
    groups: ['engineering', 'on-call'],
  },
  {
    id: 'acme-0005',
    email: 'zoe.orsted@acme.example',
    givenName: 'Zoë',
    familyName: 'Ørsted',
    displayName: 'Zoë Ørsted',
    department: 'Marketing',
    title: 'Marketing manager',
    groups: ['marketing', 'sales'],
  },
  {
    id: 'acme-0006',
    email: 'jonas.dahl@acme.example',
    givenName: 'Jonas',
    familyName: 'Dahl',
    displayName: 'Jonas Dahl',
    department: 'Facilities',
    title: 'Contractor',
    groups: [],
  },
  {
    id: 'acme-0007',
    email: 'dana.weber@acme.example',
    givenName: 'Dana',
    familyName: 'Weber',
    displayName: 'Dana Weber',
    department: 'IT',
    title: 'IT admin',
    groups: ['admins'],
  },
];

/** Whom the OpenID Connect side knows. */
export const GLOBEX_PEOPLE: readonly Person[] = [
  {
    id: 'globex-0001',
    email: 'amara.okafor@globex.example',
    givenName: 'Amara',
    familyName: 'Okafor',
    displayName: 'Amara Okafor',
    department: 'IT',
    title: 'IT director',
    groups: ['admins'],
  },
  {
    id: 'globex-0002',
    email: 'soren.brandt@globex.example',
    givenName: 'Søren',
    familyName: 'Brandt',
    displayName: 'Søren Brandt',
    department: 'Engineering',
    title: 'Software engineer',
    groups: ['engineering'],
  },
  {
    id: 'globex-0003',
    email: 'sakura.tanaka@globex.example',
    givenName: 'さくら',
    familyName: '田中',
    displayName: '田中 さくら',
    department: 'Sales',
    title: 'Sales manager',
    groups: ['sales'],
  },
  {
    id: 'globex-0004',
    email: 'olena.shevchenko@globex.example',
    givenName: 'Олена',
    familyName: 'Шевченко',
    displayName: 'Олена Шевченко',
    department: 'Finance',
    title: 'Controller',
    groups: ['finance'],
  },
  {
    id: 'globex-0005',
    email: 'nour.haddad@globex.example',
    givenName: 'نور',
    familyName: 'حداد',
    displayName: 'نور حداد',
    department: 'Engineering',
    title: 'Data scientist',
    groups: ['engineering', 'data'],
  },
];

/** Finds the person an id or an e-mail address (in any case, as login hints come) names. */
export function findPerson(people: readonly Person[], name: string | undefined): Person | undefined {
  const wanted = name?.trim().toLowerCase();
  return people.find((person) => person.id === wanted || person.email === wanted);
}
