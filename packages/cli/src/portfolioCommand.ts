import {
  type Deployment,
  devnetChain,
  loadDeployment,
  MULTICALL3,
  openPortfolio,
  privateKeyOf,
  startDevnet,
} from '@plimsoll/devnet'
import {
  type Address,
  delta,
  type Frame,
  healthFactorOf,
  InvalidInputError,
  numberFromRaw,
  numberFromUsd,
  numberFromWad,
} from '@plimsoll/domain'
import { type ChainClient, createChainClient, createChainHead } from '@plimsoll/evm'
import { assembleFrame } from '@plimsoll/kernel'
import { assess, DEFAULT_ASSESS_CONFIG } from '@plimsoll/risk'
import { privateKeyToAccount } from 'viem/accounts'
import { createCommand, type Flag, text, toggle } from './Command.ts'
import { type ComposedVenues, composeVenues } from './compose/composeVenues.ts'
import { demoPortfolio } from './demo/demoConfig.ts'
import { money } from './demo/money.ts'

/** Flag with an account. */
export const address: Flag<Address | null> = {
  help: "whose portfolio; the devnet's owner if absent",
  value: '0xADDRESS',
  fallback: null,
  parse(found) {
    if (!/^0x[0-9a-fA-F]{40}$/.test(found))
      throw new InvalidInputError({
        field: 'value',
        found,
        allowed: '0x and 40 hexadecimal digits',
      })
    return found as Address
  },
}

/** Prints an owner's legs on every protocol as one book. */
export const portfolioCommand = createCommand({
  name: 'portfolio',
  summary: 'Prints the unified portfolio of an owner on a devnet.',
  examples: [
    ['plimsoll portfolio', "the demo's portfolio, on a devnet started for it"],
    ['plimsoll portfolio --rpc http://127.0.0.1:8545', 'on a devnet that plimsoll devnet keeps'],
    ['plimsoll portfolio --json', 'for machines'],
  ],
  flags: {
    rpc: text('URL', 'node of a running devnet; one is started for the purpose if absent'),
    owner: address,
    json: toggle('print one JSON object'),
  },
  async run({ rpc, owner, json }) {
    const onProgress = (message: string) => console.error(message)
    if (rpc !== null) {
      const client = await connect(rpc) // before the deployment, which may have to be built
      const deployment = await loadDeployment({ onProgress })
      const account = owner ?? privateKeyToAccount(privateKeyOf('owner')).address
      await print({ client, deployment, owner: account, json })
      return
    }
    const devnet = await startDevnet({ onProgress })
    try {
      const account = devnet.accounts.owner.address
      await openPortfolio(devnet, account, demoPortfolio())
      const client = await connect(devnet.rpcUrl)
      await print({ client, deployment: devnet.deployment, owner: owner ?? account, json })
    } finally {
      await devnet.stop()
    }
  },
})

/** A client of a devnet's node. */
export const connect = (rpcUrl: string): Promise<ChainClient> =>
  createChainClient({ rpcUrl, chainId: devnetChain.id, multicall3: MULTICALL3 })

async function print(p: {
  readonly client: ChainClient
  readonly deployment: Deployment
  readonly owner: Address
  readonly json: boolean
}): Promise<void> {
  const { client, owner } = p
  const venues = await composeVenues(client, p.deployment)
  const head = createChainHead(client)
  const frame = await assembleFrame({ ...venues, head, owner, block: await head.latest() })
  console.log(p.json ? JSON.stringify(describe(frame, venues)) : table(frame, venues))
}

/** The book as numbers: USD, whole tokens, health factors. */
function describe(frame: Frame, venues: ComposedVenues) {
  const assessment = assess({ frame, forecasts: [], config: DEFAULT_ASSESS_CONFIG })
  return {
    type: 'portfolio',
    owner: frame.owner,
    block: String(frame.block.number),
    equity: assessment.equity,
    weakest: assessment.weakest === null ? null : venues.labelOf(assessment.weakest),
    delta: Object.fromEntries(delta(frame.portfolio, frame.marketPrices)),
    domains: assessment.domains.map((domain) => ({
      venue: venues.labelOf(domain.domain),
      type: domain.type,
      healthFactor: domain.health.type === 'unlevered' ? null : healthFactorOf(domain.health),
      equity: domain.equity,
      exposure: domain.exposure,
      liquidationPrices: Object.fromEntries(
        domain.liquidationPrices.map(({ asset, price }) => [asset, price]),
      ),
      legs: legsOf(frame, domain.domain),
    })),
    reserve: frame.portfolio.spot.map(({ token, raw }) => ({
      token: token.symbol,
      amount: numberFromRaw(raw, token.decimals),
    })),
  }
}

type Leg = {
  readonly side: string
  readonly what: string
  readonly amount: number
  readonly value: number
}

function legsOf(frame: Frame, domain: string): readonly Leg[] {
  const loan = frame.lending.find((position) => position.domain === domain)
  const perp = frame.perps.find((position) => position.domain === domain)
  return [
    ...(loan?.collateral ?? []).map((leg) => ({ side: 'collateral', ...leg })),
    ...(loan?.debt ?? []).map((leg) => ({ side: 'debt', ...leg })),
  ]
    .filter(({ raw }) => raw > 0n)
    .map(
      ({ side, token, raw, value }): Leg => ({
        side,
        what: token.symbol,
        amount: numberFromRaw(raw, token.decimals),
        value: numberFromUsd(value),
      }),
    )
    .concat(
      perp === undefined || perp.legs.length === 0
        ? []
        : [
            {
              side: 'margin',
              what: perp.marginToken.symbol,
              amount: numberFromRaw(perp.margin, perp.marginToken.decimals),
              value: numberFromRaw(perp.equity, 18),
            },
            ...perp.legs.map((leg) => ({
              side: leg.size > 0n ? 'long' : 'short',
              what: leg.market,
              amount: numberFromRaw(leg.size, 18),
              value: numberFromRaw(leg.size, 18) * numberFromWad(leg.markPrice),
            })),
          ],
    )
}

function table(frame: Frame, venues: ComposedVenues): string {
  const book = describe(frame, venues)
  const lines = [
    `Portfolio of ${book.owner} at block ${book.block}`,
    `equity ${money(book.equity)}, weakest ${book.weakest ?? 'none'}, net exposure ${Object.entries(
      book.delta,
    )
      .map(([asset, value]) => `${asset} ${money(value)}`)
      .join(', ')}`,
  ]
  for (const domain of book.domains.filter(({ legs }) => legs.length > 0)) {
    const prices = Object.entries(domain.liquidationPrices).flatMap(([asset, price]) =>
      price === null || asset === 'USDC' ? [] : [`${asset} at ${money(price)}`],
    )
    lines.push(
      '',
      `${domain.venue}  health ${domain.healthFactor?.toFixed(3) ?? 'no debt'}, equity ${money(domain.equity)}${prices.length > 0 ? `, liquidated with ${prices.join(' or ')}` : ''}`,
      ...domain.legs.map(
        (leg) =>
          `  ${leg.side.padEnd(11)}${leg.what.padEnd(9)}${leg.amount.toLocaleString('en-US', { maximumFractionDigits: 4 }).padStart(14)}  ${money(leg.value).padStart(12)}`,
      ),
    )
  }
  const reserve = book.reserve.filter(({ amount }) => amount > 0)
  lines.push('', reserve.length === 0 ? 'No reserve' : 'Reserve')
  for (const { token, amount } of reserve)
    lines.push(
      `  ${token.padEnd(20)}${amount.toLocaleString('en-US', { maximumFractionDigits: 4 }).padStart(14)}`,
    )
  return lines.join('\n')
}
