import { expect, test } from 'vitest'
import { runCli } from './runCli.ts'

test('default: measures grants in process and over a Postgres of its own; every one of them is granted', {
  timeout: 180_000,
}, async () => {
  const { code, out } = await runCli([
    ...['bench', 'governor', '--grants', '100', '--postgres', '100', '--json'],
  ])
  expect(code).toBe(0)
  const found = JSON.parse(out)
  expect(found).toMatchObject({ grants: 100, postgresGrants: 100, contendedAgents: 4 })
  for (const key of ['inProcessP50Us', 'inProcessP99Us', 'postgresP50Ms', 'postgresP99Ms'])
    expect(found[key]).toBeGreaterThan(0)
})
