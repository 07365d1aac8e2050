import { Option, type Command } from 'commander';
import { rotateSigningKey, type RotatedKey } from '../../bridge/signing-keys';
import { ID_TOKEN_ALGORITHMS, type IdTokenAlgorithm } from '../../domain/application';
import { commandCaller } from '../../management/deps';
import { withInstallation } from '../open';
import { printList, type Output } from '../output';

interface RotateOptions {
  alg?: IdTokenAlgorithm;
  json?: boolean;
}

/** `signing-keys`: what the OpenID provider signs with. */
export function addSigningKeys(program: Command, out: Output): void {
  const keys = program.command('signing-keys').description("rotate the keys that sign applications' tokens");
  keys
    .command('rotate')
    .description('have the next key sign, before its time')
    .addOption(new Option('--alg <algorithm>', 'the only one to rotate; without: each').choices(ID_TOKEN_ALGORITHMS))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Keys rotate by themselves every 90 days. The next key signs at once, or as soon as it has been published for a day, so
that applications know it; the present one is published for 30 days after, to verify what it signed. Every process of
the service follows within a minute.

Examples:
  $ drawbridge signing-keys rotate
  $ drawbridge signing-keys rotate --alg RS256`,
    )
    .action(async ({ alg, json }: RotateOptions) => {
      const rotated = await withInstallation('signing-keys rotate', async ({ deps }) => {
        const all: RotatedKey[] = [];
        for (const algorithm of alg ? [alg] : ID_TOKEN_ALGORITHMS)
          all.push(await rotateSigningKey(deps, algorithm, commandCaller.actor));
        return all;
      });
      const columns = ({ algorithm, activeFrom, id }: RotatedKey) => ({ algorithm, 'signs from': activeFrom, id });
      printList(out, rotated, { json, columns, empty: '' });
    });
}
