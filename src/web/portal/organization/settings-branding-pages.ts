import type { PortalContext } from '../frame-model';
import { sectionOf, type SectionModel } from './settings-tabs';

export interface BrandingPages {
  'portal/settings-branding': BrandingModel;
}

/** What the form of colour and texts holds. */
export type BrandingValues = Readonly<Record<'color' | 'greeting' | 'help', string>>;

interface BrandingModel extends SectionModel {
  values: BrandingValues;
  hasLogo: boolean;
}

/** Logo, colour and texts, with the logo as it looks on the sign-in page. */
export const brandingView = (model: BrandingModel, { t }: PortalContext): object => ({
  ...sectionOf(model, '/branding', ['logo', 'color', 'greeting', 'help'], t),
  ...{ values: model.values, hasLogo: model.hasLogo },
  logoUrl: `${model.base}/settings/branding/logo`,
});
