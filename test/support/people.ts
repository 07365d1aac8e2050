/** Somebody a test identity provider knows. `username` is what is typed at its login page. */
export interface Person {
  username: string;
  mail: string;
  givenName: string;
  familyName: string;
  displayName: string;
  groups: readonly string[];
}

/** Typed at every test identity provider. */
export const PASSWORD = 'correct horse battery staple';

/** Names in different scripts, an address with a plus sign and capitals, someone without groups. */
export const PEOPLE: readonly Person[] = [
  person('lukasz', 'Łukasz', 'Żółkiewski', ['staff', 'engineering']),
  person('li', '李', '小龍', ['staff']),
  person('siobhan', 'Siobhán', "O'Leary", ['staff', 'admins']),
  person('orsted', 'Hans Christian', 'Ørsted', ['staff']),
  person('olga', 'Ольга', 'Иванова', ['staff', 'Бухгалтерия']),
  { ...person('ada', 'Ada', 'Lovelace', []), mail: 'Ada.Lovelace+sso@Acme.test' },
];

function person(username: string, givenName: string, familyName: string, groups: readonly string[]): Person {
  const displayName = username === 'li' ? `${givenName}${familyName}` : `${givenName} ${familyName}`;
  return { username, mail: `${username}@acme.test`, givenName, familyName, displayName, groups };
}
