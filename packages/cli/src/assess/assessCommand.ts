import { readFile } from 'node:fs/promises'
import { loadDeployment, openPortfolio, privateKeyOf, startDevnet } from '@plimsoll/devnet'
import { type AssetId, type Forecast, type Frame, InvalidInputError } from '@plimsoll/domain'
import { createChainHead } from '@plimsoll/evm'
import { assembleFrame } from '@plimsoll/kernel'
import {
  type AssessConfig,
  type Assessment,
  assess,
  betasOf,
  DEFAULT_ASSESS_CONFIG,
  greeks,
} from '@plimsoll/risk'
import { privateKeyToAccount } from 'viem/accounts'
import { createCommand, type Flag, text, toggle } from '../Command.ts'
import { composeVenues } from '../compose/composeVenues.ts'
import { demoPortfolio } from '../demo/demoConfig.ts'
import { address, connect } from '../portfolioCommand.ts'
import { describeAssessment } from './describeAssessment.ts'
import { forecastOf, parsePortfolioFile } from './parsePortfolioFile.ts'

/** What is assessed: a frame, forecasts, names for people. */
type Subject = {
  readonly frame: Frame
  readonly forecasts: readonly Forecast[]
  readonly labelOf: (domain: string) => string
}

const volatility: Flag<ReadonlyMap<AssetId, number>> = {
  help: 'volatility a year by asset; what a file says unless given, 0.8 on a devnet',
  value: 'ETH=0.8,BTC=0.6',
  fallback: new Map(),
  parse(found) {
    const pairs = found.split(',').map((pair) => pair.split('='))
    const fits = pairs.every(
      ([asset = '', value = '', ...more]) =>
        asset !== '' && more.length === 0 && Number(value) > 0 && Number(value) <= 20,
    )
    if (!fits)
      throw new InvalidInputError({
        field: 'value',
        found,
        allowed: 'assets with a volatility above 0 and at most 20: ETH=0.8,BTC=0.6',
      })
    return new Map(pairs.map(([asset = '', value = '']) => [asset, Number(value)]))
  },
}

const EXAMPLE = `{"prices":{"ETH":2000,"USDC":1},"volatility":{"ETH":0.8},"domains":[
  {"id":"aave","type":"lending","collateral":[{"asset":"ETH","amount":10,"liquidationThreshold":0.83}],
   "debt":[{"asset":"USDC","amount":12000}]},
  {"id":"perp","type":"perp","equity":5000,"legs":[{"asset":"ETH","size":10,"maintenanceMarginRatio":0.0625}]}],
  "reserve":{"USDC":1000}}`

/** Assesses a portfolio of a file, or of an owner on a devnet. */
export const assessCommand = createCommand({
  name: 'assess',
  summary:
    'Assesses a portfolio: probability of liquidation, net exposure, stress over all venues, circuit breakers.',
  examples: [
    ['plimsoll assess --file book.json', `a portfolio as a file, such as\n${EXAMPLE}\n`],
    ['plimsoll assess', "the demo's portfolio, on a devnet started for it"],
    ['plimsoll assess --rpc http://127.0.0.1:8545 --owner 0x…', 'an owner on a running devnet'],
    ['plimsoll assess --file book.json --volatility ETH=1.2', 'in a wilder market'],
    ['plimsoll assess --file book.json --scenarios', 'every scenario of the stress grid'],
    ['plimsoll assess --file book.json --json', 'for machines'],
  ],
  flags: {
    file: text('FILE', 'portfolio as JSON; a devnet is read if absent'),
    rpc: text('URL', 'node of a running devnet; one is started for the purpose if absent'),
    owner: address,
    volatility,
    scenarios: toggle('show every scenario'),
    json: toggle('print one JSON object'),
  },
  async run(flags) {
    if (flags.file !== null && (flags.rpc !== null || flags.owner !== null))
      throw new InvalidInputError({
        field: '--file',
        found: 'with --rpc or --owner',
        allowed: 'a file or a chain',
      })
    const subject =
      flags.file === null
        ? await fromDevnet(flags)
        : withVolatility(fromFile(flags.file, await readText(flags.file)), flags.volatility)
    const assessment = assess({ ...subject, config: configOf(subject) })
    console.log(
      flags.json
        ? JSON.stringify(machineReadable(subject, assessment))
        : describeAssessment({
            ...subject,
            assessment,
            everyScenario: flags.scenarios,
            hasSources: flags.file === null,
          }),
    )
  },
})

/** A file has no price sources: nothing can be compared, and nothing is taken for a failure. */
function configOf({ frame }: Subject): AssessConfig {
  const { breakers, ...config } = DEFAULT_ASSESS_CONFIG
  const isFile = frame.depth.length === 0
  const exempt = isFile ? [...frame.oraclePrices.keys()] : breakers.sources.exempt
  return {
    ...config,
    breakers: {
      ...breakers,
      sources: {
        ...breakers.sources,
        amberBelow: isFile ? breakers.sources.amberBelow : 1,
        exempt,
      },
    },
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new InvalidInputError({
      field: '--file',
      found: path,
      allowed: 'a file that exists and can be read',
      cause,
    })
  }
}

function fromFile(path: string, content: string): Subject {
  let parsed: unknown
  try {
    parsed = JSON.parse(content)
  } catch (cause) {
    throw new InvalidInputError({ field: '--file', found: path, allowed: 'JSON', cause })
  }
  return { ...parsePortfolioFile(parsed), labelOf: (domain) => domain }
}

function withVolatility(subject: Subject, given: ReadonlyMap<AssetId, number>): Subject {
  const kept = subject.forecasts.filter(({ asset }) => !given.has(asset))
  return { ...subject, forecasts: [...kept, ...[...given].map((each) => forecastOf(...each))] }
}

/** Volatility of what nobody has said anything of, on a chain without a past. */
const DEVNET_VOLATILITY = 0.8

async function fromDevnet(flags: {
  readonly rpc: string | null
  readonly owner: `0x${string}` | null
  readonly volatility: ReadonlyMap<AssetId, number>
}): Promise<Subject> {
  const onProgress = (message: string) => console.error(message)
  const read = async (rpc: string, owner: `0x${string}`): Promise<Subject> => {
    const client = await connect(rpc)
    const venues = await composeVenues(client, await loadDeployment({ onProgress }))
    const head = createChainHead(client)
    const frame = await assembleFrame({ ...venues, head, owner, block: await head.latest() })
    const forecasts = ['ETH', 'BTC'].map((asset) => forecastOf(asset, DEVNET_VOLATILITY))
    return withVolatility({ frame, forecasts, labelOf: venues.labelOf }, flags.volatility)
  }
  if (flags.rpc !== null)
    return read(flags.rpc, flags.owner ?? privateKeyToAccount(privateKeyOf('owner')).address)
  const devnet = await startDevnet({ onProgress })
  try {
    const account = devnet.accounts.owner.address
    await openPortfolio(devnet, account, demoPortfolio())
    return await read(devnet.rpcUrl, flags.owner ?? account)
  } finally {
    await devnet.stop()
  }
}

function machineReadable({ frame, labelOf }: Subject, assessment: Assessment) {
  const { domains, delta, any24h, stress, breakers, equity, regime } = assessment
  const betas = betasOf(assessment.sigma24h, DEFAULT_ASSESS_CONFIG.law.correlation.high)
  const sensitivities = greeks({ frame, betas })
  return {
    type: 'assessment',
    block: String(frame.block.number),
    equity,
    regime,
    any24h,
    delta: Object.fromEntries(delta),
    gamma: Object.fromEntries(sensitivities.gamma),
    domains: domains.map((domain, i) => ({
      domain: labelOf(domain.domain),
      type: domain.type,
      healthFactor: Number.isFinite(domain.healthFactor) ? domain.healthFactor : null,
      probabilities: domain.probabilities,
      hit10min: domain.hit10min,
      equity: domain.equity,
      exposure: domain.exposure,
      liquidationPrices: domain.liquidationPrices,
      // In log-prices, in the order of `assets`; and the moves of a driver that takes the others along by their betas.
      assets: sensitivities.domains[i]?.assets ?? [],
      lnHealth: sensitivities.domains[i]?.sensitivity ?? null,
      together: sensitivities.domains[i]?.together ?? [],
    })),
    stress: {
      worst: stress.worst?.scenario ?? null,
      outcomes: stress.outcomes.map(({ health, ...outcome }) => ({
        ...outcome,
        first:
          outcome.first === null
            ? null
            : { ...outcome.first, domain: labelOf(outcome.first.domain) },
        health: Object.fromEntries(
          stress.domains.map((domain, i) => [
            labelOf(domain),
            Number.isFinite(health[i]) ? health[i] : null,
          ]),
        ),
      })),
    },
    breakers: {
      overall: breakers.overall,
      alarms: breakers.checks.filter(({ level }) => level !== 'green'),
    },
  }
}
