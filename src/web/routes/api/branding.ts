import { LOGO_LIMITS, readBranding, removeLogo, replaceBranding, replaceLogo } from '../../../management/branding';
import { brandingForm } from '../../../management/organization-forms';
import { fileRoute, route } from './route';
import { branding } from './schemas';

const tag = 'Branding';
const path = '/organizations/{org}/branding';

export const brandingRoutes = [
  route({
    ...{ method: 'get', path, tag, scope: 'branding:read' },
    summary: 'Read the branding',
    answer: { status: 200, schema: branding },
    handle: ({ deps, caller, org }) => readBranding(deps, caller, org),
  }),
  route({
    ...{ method: 'put', path, tag, scope: 'branding:write' },
    summary: 'Replace colour and texts',
    description: 'What is absent is the product’s own. The logo stays.',
    body: brandingForm,
    answer: { status: 200, schema: branding },
    handle: ({ deps, caller, org, body }) => replaceBranding(deps, caller, org, body),
  }),
  fileRoute({
    ...{ method: 'put', path: `${path}/logo`, tag, scope: 'branding:write' },
    summary: 'Replace the logo',
    description:
      'The body is the image itself: PNG, JPEG or WebP, at most 512 kB, each side from 16 to 2048 pixels. Its bytes say what it is; Content-Type does not count.',
    file: {
      field: LOGO_LIMITS.field,
      maxBytes: LOGO_LIMITS.maxBytes,
      types: ['image/png', 'image/jpeg', 'image/webp'],
    },
    answer: { status: 200, schema: branding },
    refusals: ['invalid_form', 'file_too_large'],
    handle: ({ deps, caller, org, body }) => replaceLogo(deps, caller, org, body),
  }),
  route({
    ...{ method: 'delete', path: `${path}/logo`, tag, scope: 'branding:write' },
    summary: 'Remove the logo',
    answer: { status: 204 },
    handle: ({ deps, caller, org }) => removeLogo(deps, caller, org),
  }),
];
