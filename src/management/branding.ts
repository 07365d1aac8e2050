import { createHash } from 'node:crypto';
import { linksOf } from '../domain/links';
import type { Branding, Organization } from '../domain/organization';
import { deleteLogo, saveLogo } from '../storage/logos';
import { updateOrganization } from '../storage/organizations';
import type { Caller, ManagementDeps } from './deps';
import { readImage, type ImageLimits } from './image';
import { changing, reading } from './island';
import type { BrandingForm } from './organization-forms';

/** What an organization's pages look like. */
export interface BrandingView extends BrandingForm {
  /** Absolute; absent without a logo. */
  logoUrl?: string;
}

const viewOf = ({ baseUrl }: ManagementDeps, organization: Organization): BrandingView => {
  const { logo, ...branding } = organization.branding;
  return { ...branding, ...(logo && { logoUrl: baseUrl + linksOf(baseUrl, organization).logo(logo) }) };
};

export const readBranding = (deps: ManagementDeps, caller: Caller, asked: string): Promise<BrandingView> =>
  reading(deps, caller, asked, 'branding:read', async ({ organization }) => viewOf(deps, organization));

/** Replaces colour and texts; what is absent is the product's own. The logo stays. */
export const replaceBranding = (
  deps: ManagementDeps,
  caller: Caller,
  asked: string,
  branding: BrandingForm,
): Promise<BrandingView> =>
  changing(deps, caller, asked, 'branding:write', async ({ tx, organization, note }) => {
    const { logo, ...before } = organization.branding;
    await updateOrganization(tx, organization.id, { branding });
    await note({ action: 'branding.changed', fields: changedFields(before, branding) });
    return viewOf(deps, { ...organization, branding: { ...branding, logo } });
  });

const changedFields = (before: Branding, after: BrandingForm): string[] =>
  (['color', 'greeting', 'help'] as const).filter((field) => before[field] !== after[field]);

export const LOGO_LIMITS: ImageLimits = { field: 'logo', maxBytes: 512 * 1024, minSide: 16, maxSide: 2048 };

/**
 * Puts an image in place of the logo.
 * @throws AppError file_too_large; invalid_form for what is no PNG, JPEG or WebP of a fitting size
 */
export const replaceLogo = (
  deps: ManagementDeps,
  caller: Caller,
  asked: string,
  content: Buffer,
): Promise<BrandingView> =>
  changing(deps, caller, asked, 'branding:write', async ({ tx, organization, now, note }) => {
    const { contentType, width, height } = readImage(content, LOGO_LIMITS);
    const version = createHash('sha256').update(content).digest('hex').slice(0, 16);
    await saveLogo(tx, organization.id, { contentType, content }, version, now);
    await note({ action: 'branding.logo_changed', details: { contentType, width, height, bytes: content.length } });
    return viewOf(deps, { ...organization, branding: { ...organization.branding, logo: version } });
  });

/** Goes back to the mark with the organization's initial. */
export const removeLogo = (deps: ManagementDeps, caller: Caller, asked: string): Promise<void> =>
  changing(deps, caller, asked, 'branding:write', async ({ tx, organization, note }) => {
    if (await deleteLogo(tx, organization.id)) await note({ action: 'branding.logo_removed' });
  });
