import { importCommitForm } from '../../../management/import-forms';
import { importResultsFile } from '../../../management/import-files';
import { commitImport, refreshImport, undoImport } from '../../../management/import-steps';
import type { ImportView } from '../../../management/import-view';
import { discardImport, readImport } from '../../../management/imports';
import { parseForm } from '../../../management/form';
import { sendFile } from '../../send-file';
import { attempt } from '../attempt';
import { goOn, showPortal, type PortalCall } from '../call';
import { action, page, type PortalRoute } from '../route';
import { brakeSentences } from './imports-brake';
import { IMPORTS, showStaging } from './imports-staging';
import { counted } from './imports-words';

/** What an import as a whole is told: to be saved, discarded, looked at anew, or taken back. */
export const importStepRoutes: readonly PortalRoute[] = [
  action(`${IMPORTS}/:id/commit`, 'accounts:write', save),
  action(`${IMPORTS}/:id/refresh`, 'accounts:write', refresh),
  page(`${IMPORTS}/:id/discard`, 'accounts:write', (call) => confirm(call, 'discard', ['first', 'second'])),
  action(`${IMPORTS}/:id/discard`, 'accounts:write', discard),
  page(`${IMPORTS}/:id/undo`, 'accounts:write', (call) => confirm(call, 'undo', ['first', 'second', 'third'])),
  action(`${IMPORTS}/:id/undo`, 'accounts:write', undo),
  page(`${IMPORTS}/:id/results`, 'accounts:read', download),
];

const idOf = ({ params }: PortalCall): string => params.id ?? '';
const wordsOf = ({ web, req, res }: PortalCall) => web.languages.of(req, res);
const runOf = (call: PortalCall): Promise<ImportView> => readImport(call.deps, call.caller, call.org, idOf(call));

async function save(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const run = await runOf(call);
  const isReleased = form.text('brake') === 'release';
  if (run.brake?.reasons.length && !isReleased) return askBrake(call, run);
  const inviteAt = form.text('inviteAt');
  const wish = {
    ...{ allow: form.text('allow') || 'clean', sendInvitations: form.text('sendInvitations') === 'on' },
    // What a browser's field for a moment sends has neither seconds nor an offset; the page says that it is UTC.
    inviteAt: inviteAt ? `${inviteAt}:00Z` : null,
    ...(isReleased && { brake: 'release' }),
  };
  const { errors } = await attempt(() => commitImport(deps, caller, org, run.id, parseForm(importCommitForm, wish)));
  if (errors) return showStaging(call, run, { errors, inviteAt });
  goOn(call, `${IMPORTS}/${run.id}`);
}

/** The question that an import must not go without which does more than a set share. */
function askBrake(call: PortalCall, run: ImportView): void {
  const { base, form } = call;
  const words = wordsOf(call);
  const kind = run.brake?.reasons.includes('leave') ? 'leave' : 'update';
  const say = (part: string): string => counted(`brake.${kind}${part}`, run.counts[kind], words);
  const kept = ['allow', 'sendInvitations', 'inviteAt'].map((name) => [name, form.text(name)]);
  showPortal(call, 'portal/confirm', {
    title: say('Ask'),
    consequences: [...brakeSentences(run, words), say('Effect'), words.t('portal.imports.brake.undo')],
    action: `${base}${IMPORTS}/${run.id}/commit`,
    hidden: { ...(Object.fromEntries(kept) as Record<string, string>), brake: 'release' },
    button: say('Button'),
    danger: true,
    cancelUrl: `${base}${IMPORTS}/${run.id}`,
  });
}

async function refresh(call: PortalCall): Promise<void> {
  await refreshImport(call.deps, call.caller, call.org, idOf(call));
  goOn(call, `${IMPORTS}/${idOf(call)}`);
}

async function confirm(call: PortalCall, step: 'discard' | 'undo', sentences: readonly string[]): Promise<void> {
  const { id, name } = await runOf(call);
  const { t } = wordsOf(call);
  const say = (part: string): string => t(`portal.imports.${step}.${part}`, { name });
  showPortal(call, 'portal/confirm', {
    ...{ title: say('ask'), consequences: sentences.map(say), button: say('button'), danger: true },
    action: `${call.base}${IMPORTS}/${id}/${step}`,
    cancelUrl: `${call.base}${IMPORTS}/${id}`,
  });
}

async function discard(call: PortalCall): Promise<void> {
  await discardImport(call.deps, call.caller, call.org, idOf(call));
  goOn(call, IMPORTS, 'imports.notice.discarded');
}

async function undo(call: PortalCall): Promise<void> {
  await undoImport(call.deps, call.caller, call.org, idOf(call));
  goOn(call, `${IMPORTS}/${idOf(call)}`);
}

async function download(call: PortalCall): Promise<void> {
  await sendFile(call.res, await importResultsFile(call.deps, call.caller, call.org, idOf(call)));
}
