import tseslint from 'typescript-eslint';

const ONLY_CONFIG_READS_ENV = { object: 'process', property: 'env', message: 'Only config.ts reads the environment.' };
const NO_CAN_PARSE = { object: 'URL', property: 'canParse', message: 'parseAddress (src/domain) says why.' };

export default tseslint.config(
  { ignores: ['dist/**', 'data/**', 'coverage/**', 'test-output/**', 'views/assets/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['src/cli.ts', 'src/cli/**', 'src/demo.ts', 'test/**', '*.mjs'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: { 'no-restricted-properties': ['error', NO_CAN_PARSE, ONLY_CONFIG_READS_ENV] },
  },
  { files: ['src/config.ts'], rules: { 'no-restricted-properties': ['error', NO_CAN_PARSE] } },
);
