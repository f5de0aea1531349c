import {
  type Address,
  type BlockRef,
  type Call,
  type CallContext,
  type LendingPosition,
  PolicyDeniedError,
  type Token,
} from '@plimsoll/domain'
import {
  createAtomicExecutor,
  createChainHead,
  createReferenceReader,
  type PolicySight,
  type SigningPolicy,
} from '@plimsoll/evm'
import { parseGwei, type TransactionSerializable } from 'viem'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { composeSigner } from '../src/compose/composeSigner.ts'
import {
  businessApprovals,
  type Hostile,
  hostileCalls,
  openTrap,
  PURSE,
  wrap,
} from './hostileCalls.ts'
import { aaveOf, morphoOf, perpOf, type Stage, startStage } from './startStage.ts'

let stage: Stage
let policy: SigningPolicy
let signer: ReturnType<typeof composeSigner>['signer']
let owner: Address
let block: BlockRef
let sight: PolicySight
let hostile: ReadonlyMap<string, Hostile>

beforeAll(async () => {
  stage = await startStage()
  const { devnet, client, venues, executor } = stage
  const { accounts } = devnet
  owner = accounts.owner.address
  ;({ policy, signer } = composeSigner({ client, venues, owner: accounts.owner, executor }))
  const oracle = devnet.deployment.morpho.oracles.WBTC // any contract with a price will do
  const thief = accounts.stranger.address
  await send(thief, devnet.deployment.morpho.morpho, openTrap(stage, oracle))
  for (const [symbol, raw] of Object.entries(PURSE))
    await devnet.mint(symbol as keyof typeof PURSE, owner, raw)
  for (const { to, data } of businessApprovals(stage)) await send(owner, to, data)
  block = await createChainHead(client).latest()
  const references = await createReferenceReader(venues.prices)(block)
  sight = { time: block.timestamp, references }
  hostile = hostileCalls(stage, oracle, block.timestamp)
})
afterAll(() => stage?.devnet.stop())

/** Sends without any key, past every policy. */
async function send(from: Address, to: Address, data: `0x${string}`): Promise<void> {
  const { client } = stage.devnet
  await client.impersonateAccount({ address: from })
  await client.setBalance({ address: from, value: 10n ** 20n })
  const hash = await client.sendTransaction({ account: from, to, data, chain: null })
  const { status } = await client.waitForTransactionReceipt({ hash })
  await client.stopImpersonatingAccount({ address: from })
  expect(status).toBe('success')
}

const transaction = ({ to, data }: { to: Address; data: `0x${string}` }) =>
  ({
    type: 'eip1559',
    chainId: stage.devnet.chainId,
    nonce: 0,
    to,
    value: 0n,
    data,
    gas: 1_000_000n,
    maxFeePerGas: parseGwei('20'),
    maxPriorityFeePerGas: parseGwei('1'),
  }) as const satisfies TransactionSerializable

/** Rule that refuses a transaction; null when it passes. */
function ruleAgainst(tx: TransactionSerializable): string | null {
  try {
    policy.check(tx, sight)
    return null
  } catch (error) {
    if (error instanceof PolicyDeniedError) return error.rule
    throw error
  }
}

/** True when the contracts would carry a call of the owner's out. */
const isAccepted = ({ to, data }: Hostile['call']): Promise<boolean> =>
  stage.devnet.client.call({ account: owner, to, data }).then(
    () => true,
    () => false,
  )

describe('hostile calls', () => {
  test('each is refused by the rule that is there for it', () => {
    expect(hostile.size).toBeGreaterThan(40)
    const found = [...hostile].map(([what, { call }]) => [what, ruleAgainst(transaction(call))])
    expect(found).toEqual([...hostile].map(([what, { rule }]) => [what, rule]))
  })

  test('each is refused as well when the executor is to make it', () => {
    for (const [what, { call }] of hostile)
      expect(ruleAgainst(transaction(wrap(stage.executor.address, [call]))), what).not.toBe(null)
  })

  test('the contracts themselves would carry most of them out', async () => {
    const found: (readonly [string, boolean])[] = []
    for (const [what, { call }] of hostile) found.push([what, await isAccepted(call)])
    expect(found).toEqual([...hostile].map(([what, { accepted }]) => [what, accepted]))
    expect(found.filter(([, accepted]) => accepted).length).toBeGreaterThan(25)
  })

  test('what is refused is not signed, and the error says what is allowed', async () => {
    for (const [what, { call, rule }] of hostile) {
      const named: Call = { ...call, value: 0n, venue: 'stage', label: what }
      const signing = signer.sign({ call: named, nonce: 0, gas: 1_000_000n, block })
      await expect(signing, what).rejects.toMatchObject({ code: 'EXECUTION_POLICY_DENIED', rule })
      await expect(signing, what).rejects.toThrow(/found .+, allowed: .+\. Nothing was signed\./)
    }
  })
})

describe('hostile envelopes around a harmless call', () => {
  const harmless = () => transaction(businessApprovals(stage)[0]!)

  test.each<[string, string, (tx: ReturnType<typeof harmless>) => object]>([
    ['another chain', 'chain', (tx) => ({ ...tx, chainId: 1 })],
    ['no chain', 'chain', ({ chainId: _, ...tx }) => tx],
    ['ether', 'value', (tx) => ({ ...tx, value: 1n })],
    ['a contract is created', 'contract creation', ({ to: _, ...tx }) => tx],
    ['a transaction of the old kind', 'transaction type', (tx) => ({ ...tx, type: 'legacy' })],
    [
      'the account handed to foreign code',
      'transaction type',
      (tx) => ({ ...tx, type: 'eip7702', authorizationList: [] }),
    ],
    ['a list of permissions', 'transaction field', (tx) => ({ ...tx, authorizationList: [] })],
    ['more gas than allowed', 'gas', (tx) => ({ ...tx, gas: 30_000_000n })],
    ['a fee beyond the cap', 'fee', (tx) => ({ ...tx, maxFeePerGas: parseGwei('201') })],
    [
      'all to the proposer',
      'priority fee',
      (tx) => ({ ...tx, maxPriorityFeePerGas: parseGwei('21') }),
    ],
  ])('%s', (_, rule, spoil) => {
    expect(ruleAgainst(harmless())).toBe(null)
    expect(ruleAgainst(spoil(harmless()) as TransactionSerializable)).toBe(rule)
  })
})

describe('what an agent needs', () => {
  test('every verb of every venue, by the owner and by the executor, passes', async () => {
    const { venues, executor } = stage
    const frame = await stage.frame()
    const { WETH, WBTC, USDC } = venues.tokens
    const deadline = frame.block.timestamp + 300n
    const perp = perpOf(frame)
    const [uniswap] = venues.swaps
    const [perps] = venues.perps
    const priceOf = (asset: string) => sight.references.get(asset) ?? 0n
    /** What a token's amount is worth in another at the references, less two hundredths. */
    const least = (from: Token, raw: bigint, to: Token): bigint =>
      (raw * priceOf(from.asset) * 10n ** BigInt(to.decimals) * 98n) /
      (priceOf(to.asset) * 10n ** BigInt(from.decimals) * 100n)
    const callsBy = (sender: Address): readonly Call[] => {
      const context: CallContext = { owner, sender, deadline }
      const margin = (
        position: LendingPosition,
        verb: 'supply' | 'withdraw' | 'repay' | 'borrow',
      ): readonly Call[] => {
        const token =
          verb === 'supply' || verb === 'withdraw' ? position.collateral[0]! : { token: USDC }
        const { venue, domain } = position
        const intent = { type: verb, venue, domain, token: token.token, raw: 1_000n } as const
        const lender = venues.lending.find(({ id }) => id === venue)!
        return lender.encode(intent, { ...context, position })
      }
      const loans = [aaveOf(frame), morphoOf(frame, 'WETH'), morphoOf(frame, 'WBTC')]
      const verbs = ['supply', 'withdraw', 'repay'] as const
      const swaps = [
        [WETH, USDC],
        [USDC, WETH],
        [WBTC, USDC],
        [USDC, WBTC],
      ] as const
      return [
        ...loans.flatMap((loan) => verbs.flatMap((verb) => margin(loan, verb))),
        ...(sender === owner ? loans.flatMap((loan) => margin(loan, 'borrow')) : []),
        ...swaps.flatMap(([tokenIn, tokenOut]) =>
          uniswap!.encode(
            {
              ...{ type: 'swap', venue: uniswap!.id, tokenIn, tokenOut },
              amountIn: 10n ** BigInt(tokenIn.decimals),
              minOut: least(tokenIn, 10n ** BigInt(tokenIn.decimals), tokenOut) + 1n,
            },
            context,
          ),
        ),
        ...perps!.encode(
          { type: 'supply', venue: perp.venue, domain: perp.domain, token: USDC, raw: 1_000n },
          context,
        ),
      ]
    }
    const context: CallContext = { owner, sender: owner, deadline }
    const base = { venue: perp.venue, domain: perp.domain }
    const own: readonly Call[] = [
      ...callsBy(owner),
      ...venues.lending.flatMap((venue) => venue.authorize(executor.address)),
      ...perps!.encode({ type: 'withdraw', ...base, token: USDC, raw: 1_000n }, context),
      ...(['ETH', 'BTC'] as const).flatMap((asset) =>
        [10n ** 18n, -(10n ** 18n)].flatMap((size) => {
          const market = `${asset}-PERP`
          const limit = priceOf(asset)
          const trade = { type: 'trade', ...base, market, asset, size, limit } as const
          return perps!.encode({ ...trade, reduceOnly: false }, context)
        }),
      ),
    ]
    const atomic = createAtomicExecutor({ executor, lenders: venues.lenders })
    const wrapped = [null, { token: USDC, raw: 1_000n }, { token: WETH, raw: 1n }].map(
      (flashLoan) =>
        atomic.encode({ flashLoan, calls: callsBy(executor.address), sweep: [USDC, WETH, WBTC] }),
    )
    const all = [...own, ...wrapped]
    expect(all.length).toBeGreaterThan(35)
    for (const call of all) expect(ruleAgainst(transaction(call)), call.label).toBe(null)
  })

  test('the very calls that a real deleverage sends pass one by one and wrapped', async () => {
    const frame = await stage.frame()
    const { WETH, USDC } = stage.venues.tokens
    const aave = aaveOf(frame)
    const [uniswap] = stage.venues.swaps
    const base = { venue: aave.venue, domain: aave.domain } as const
    const swap = {
      type: 'swap',
      venue: uniswap!.id,
      tokenIn: WETH,
      tokenOut: USDC,
      amountIn: 10n ** 18n,
      minOut: 1_900_000_000n,
    } as const
    const [order] = await stage.carryOut({
      type: 'deleverage',
      domain: aave.domain,
      settlement: 'atomic',
      flashLoan: { token: USDC, raw: swap.minOut },
      intents: [
        { type: 'repay', ...base, token: USDC, raw: swap.minOut },
        { type: 'withdraw', ...base, token: WETH, raw: swap.amountIn },
        swap,
      ],
    })
    expect(order?.transactions.map(({ call }) => ruleAgainst(transaction(call)))).toEqual([null])
  })
})
