import { AppError } from '../../../domain/errors';
import { parseForm } from '../../../management/form';
import { sourceChangeForm } from '../../../management/import-forms';
import { includesScope } from '../../../management/scopes';
import { changeSource, listSources } from '../../../management/sources';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import type { PortalForm } from '../form-model';
import { action, page, type PortalRoute } from '../route';
import { MOST_CONNECTIONS } from './connection-names';
import { BRAKES, valuesOf, type BrakeValues } from './source-brake-view';

const PATH = '/sources';

/** From when on the runs of a source stop and ask. */
export const sourceBrakeRoutes: readonly PortalRoute[] = [
  page(`${PATH}/:id`, 'sources:read', (call) => show(call)),
  action(`${PATH}/:id`, 'sources:write', change),
];

async function show(call: PortalCall, errors: readonly FieldError[] = [], typed?: BrakeValues): Promise<void> {
  const { deps, caller, org, base, params, res } = call;
  const { items } = await listSources(deps, caller, org, { limit: MOST_CONNECTIONS });
  const source = items.find(({ id }) => id === params.id);
  if (!source) throw new AppError('not_found');
  if (errors.length) res.status(422);
  showPortal(call, 'portal/source', {
    ...{ name: source.name, values: typed ?? valuesOf(source.brake), errors, url: `${base}${PATH}/${source.id}` },
    mayChange: includesScope(caller.scopes, 'sources:write'),
  });
}

async function change(call: PortalCall): Promise<void> {
  const { deps, caller, org, params, form } = call;
  const typed = typedIn(form);
  const wish = Object.fromEntries(BRAKES.map((kind) => [kind, limitIn(typed, kind)]));
  const { errors } = await attempt(() =>
    changeSource(deps, caller, org, params.id ?? '', parseForm(sourceChangeForm, { brake: wish })),
  );
  if (errors) return show(call, errors, typed);
  goOn(call, PATH, 'connections.notice.brake');
}

const typedIn = ({ text }: PortalForm): BrakeValues =>
  Object.fromEntries(
    BRAKES.flatMap((kind) => (['on', 'share', 'number'] as const).map((part) => `${kind}.${part}` as const)).map(
      (name) => [name, text(name).trim()],
    ),
  ) as BrakeValues;

/** People write a share as per cent. */
function limitIn(typed: BrakeValues, kind: (typeof BRAKES)[number]): object | null {
  if (!typed[`${kind}.on`]) return null;
  const number = (text: string): number => (text ? Number(text.replace(',', '.')) : Number.NaN);
  return { share: number(typed[`${kind}.share`]) / 100, number: number(typed[`${kind}.number`]) };
}
