import { defineConfig } from 'vitest/config'

const rooms = '{packages,adapters,agents,models,examples}/*'
const chain = [`${rooms}/test/**/*.{chain,conformance}.test.ts`]
const parity = [`${rooms}/test/**/*.parity.test.ts`]

export default defineConfig({
  test: {
    reporters: ['default', './packages/testkit/src/tallyReporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          testTimeout: 60_000, // properties take seconds, on a machine that may have other work
          setupFiles: ['./packages/testkit/src/fixSeed.ts'],
          include: [`${rooms}/{src,test}/**/*.test.ts`],
          exclude: ['**/node_modules/**', ...chain, ...parity],
        },
      },
      {
        test: { name: 'chain', include: chain, testTimeout: 120_000, hookTimeout: 240_000 },
      },
      {
        test: { name: 'parity', include: parity, testTimeout: 600_000, hookTimeout: 240_000 },
      },
    ],
  },
})
