import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { styleText } from 'node:util'
import { anvilVersion, CACHE_DIR, startDevnet } from '@plimsoll/devnet'
import { BaseError } from '@plimsoll/domain'
import { createCommand, toggle } from './Command.ts'
import { DATA_FILES, dataDir } from './dataDir.ts'

const MIN_NODE = 24
const MIN_FREE_GB = 1

/** What one look at the installation found. `warn` costs a feature, `fail` costs the main job. */
type Finding = {
  readonly check: string
  readonly outcome: 'ok' | 'warn' | 'fail'
  readonly found: string
}

/** Some part of the installation is missing or broken. */
class UnhealthyInstallationError extends BaseError {
  override readonly code = 'INPUT_INSTALLATION'
  override readonly recovery = 'halt'

  constructor(failed: readonly string[]) {
    super(`Not ready: ${failed.join(', ')}. Mend what is marked above and run the doctor again.`)
  }
}

/** Checks whether this machine can do the main job. */
export const doctorCommand = createCommand({
  name: 'doctor',
  summary: 'Checks the installation: Node, the chain, the cache, market data.',
  examples: [
    ['plimsoll doctor', 'look at everything'],
    ['plimsoll doctor --json', 'the same for machines'],
  ],
  flags: { json: toggle('print one JSON object') },
  async run({ json }) {
    const findings = [
      look('Node', nodeVersion),
      look('Chain binary', async () => ['ok', await anvilVersion()]),
      look('Cache', cache),
      look('Market data', marketData),
    ]
    const found = await Promise.all(findings)
    found.push(await look('Devnet', devnet))
    if (json) console.log(JSON.stringify({ type: 'doctor', findings: found }))
    else for (const each of found) console.log(line(each))
    const failed = found.filter(({ outcome }) => outcome === 'fail')
    if (failed.length > 0) throw new UnhealthyInstallationError(failed.map(({ check }) => check))
  },
})

type Look = readonly [outcome: Finding['outcome'], found: string]

async function look(check: string, see: () => Promise<Look> | Look): Promise<Finding> {
  try {
    const [outcome, found] = await see()
    return { check, outcome, found }
  } catch (error) {
    return { check, outcome: 'fail', found: error instanceof Error ? error.message : String(error) }
  }
}

function nodeVersion(): Look {
  const major = Number(process.versions.node.split('.')[0])
  return major >= MIN_NODE
    ? ['ok', `v${process.versions.node}`]
    : ['fail', `v${process.versions.node}; ${MIN_NODE} or later is needed: run through npm scripts`]
}

async function cache(): Promise<Look> {
  await mkdir(CACHE_DIR, { recursive: true })
  await access(CACHE_DIR, constants.W_OK)
  const { bavail, bsize } = await statfs(CACHE_DIR)
  const free = (bavail * bsize) / 1e9
  return [free < MIN_FREE_GB ? 'warn' : 'ok', `${CACHE_DIR}, ${free.toFixed(0)} GB free`]
}

async function marketData(): Promise<Look> {
  const dir = dataDir()
  if (dir === null)
    return ['warn', 'PLIMSOLL_DATA is not set: scenario black-thursday is not available']
  for (const file of DATA_FILES) await access(join(dir, file), constants.R_OK)
  return ['ok', `${dir}: ${DATA_FILES.join(', ')}`]
}

async function devnet(): Promise<Look> {
  const started = performance.now()
  const node = await startDevnet()
  try {
    const block = await node.client.getBlockNumber()
    return [
      'ok',
      `started in ${((performance.now() - started) / 1000).toFixed(1)} s, block ${block}, stopped again`,
    ]
  } finally {
    await node.stop()
  }
}

function line({ check, outcome, found }: Finding): string {
  const mark = {
    ok: styleText('green', '✓'),
    warn: styleText('yellow', '!'),
    fail: styleText('red', '✗'),
  }[outcome]
  return `${mark} ${check.padEnd(13)} ${found}`
}
