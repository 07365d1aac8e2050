import { LOGO_LIMITS, readBranding, removeLogo, replaceBranding, replaceLogo } from '../../../management/branding';
import { parseForm } from '../../../management/form';
import { brandingForm } from '../../../management/organization-forms';
import { includesScope } from '../../../management/scopes';
import type { FieldError } from '../../page-context';
import { attempt } from '../attempt';
import { fileOf, goOn, showPortal, type PortalCall } from '../call';
import { action, page, upload, type PortalRoute } from '../route';
import type { BrandingValues } from './settings-branding-pages';
import { SETTINGS } from './settings-tabs';

const BRANDING = `${SETTINGS}/branding`;
const LOGO = `${BRANDING}/logo`;

/** Logo, colour and texts. */
export const brandingRoutes: readonly PortalRoute[] = [
  page(BRANDING, 'branding:read', (call) => showBranding(call, [])),
  action(BRANDING, 'branding:write', changeBranding),
  upload(LOGO, 'branding:write', LOGO_LIMITS, changeLogo),
  page(`${LOGO}/remove`, 'branding:write', confirmRemoval),
  action(`${LOGO}/remove`, 'branding:write', remove),
];

const FIELDS = ['color', 'greeting', 'help'] as const;

const valuesFrom = (read: (field: keyof BrandingValues) => string): BrandingValues =>
  Object.fromEntries(FIELDS.map((field) => [field, read(field)])) as BrandingValues;

async function changeBranding(call: PortalCall): Promise<void> {
  const { deps, caller, org, form } = call;
  const typed = valuesFrom((field) => form.text(field).trim());
  const given = Object.fromEntries(Object.entries(typed).filter(([, text]) => text));
  const { errors } = await attempt(() => replaceBranding(deps, caller, org, parseForm(brandingForm, given)));
  if (errors) return showBranding(call, errors, typed);
  goOn(call, BRANDING, 'settings.notice.saved');
}

async function changeLogo(call: PortalCall): Promise<void> {
  const { deps, caller, org } = call;
  const { errors } = await attempt(async () => replaceLogo(deps, caller, org, fileOf(call).content));
  if (errors) return showBranding(call, errors);
  goOn(call, BRANDING, 'settings.notice.logoChanged');
}

async function showBranding(call: PortalCall, errors: readonly FieldError[], typed?: BrandingValues): Promise<void> {
  const { deps, caller, org, base } = call;
  if (errors.length) call.res.status(422);
  const saved = await readBranding(deps, caller, org);
  showPortal(call, 'portal/settings-branding', {
    ...{ base, errors, mayChange: includesScope(caller.scopes, 'branding:write') },
    values: typed ?? valuesFrom((field) => saved[field]?.replace(/^mailto:/, '') ?? ''),
    hasLogo: saved.logoUrl !== undefined,
  });
}

function confirmRemoval(call: PortalCall): void {
  const { base, organization } = call;
  const { t } = call.web.languages.of(call.req, call.res);
  showPortal(call, 'portal/confirm', {
    title: t('portal.settings.removeLogo'),
    consequences: [t('portal.settings.removeLogoText', { organization: organization.name })],
    action: `${base}${LOGO}/remove`,
    button: t('portal.settings.remove'),
    danger: true,
    cancelUrl: base + BRANDING,
  });
}

async function remove(call: PortalCall): Promise<void> {
  await removeLogo(call.deps, call.caller, call.org);
  goOn(call, BRANDING, 'settings.notice.logoRemoved');
}
