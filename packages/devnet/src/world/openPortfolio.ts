import { priceFeedAbi, testTokenAbi } from '@plimsoll/contracts'
import { InvalidInputError, type Price, price, priceFromNumber } from '@plimsoll/domain'
import { type Address, encodeFunctionData } from 'viem'
import { type DevnetToken, FEEDS, type PerpAsset } from '../deployment.ts'
import type { Devnet } from '../startDevnet.ts'
import { aaveDataProviderAbi, aavePoolAbi, morphoAbi } from './abis.ts'
import { createBlockBuilder, type WorldCall } from './createBlockBuilder.ts'
import { createOrderKeeper } from './createOrderKeeper.ts'
import { findPools } from './readMarket.ts'
import { requireAll } from './requireAll.ts'
import { createStage, type Stage } from './Stage.ts'
import { mintSusdCall, submitOrderCall, transferMarginCall } from './synthetixCalls.ts'
import { approveCall, depositCall, tradeCall } from './trading.ts'

const VARIABLE = 2n // Aave's interest rate mode
const MAX_RESERVE_SHARE = 0.1

/** What to open. Money in USD. */
export interface PortfolioPlan {
  readonly aave: {
    /** Borrowed USDC. */
    readonly debt: number
    /** Aave's own figure at the start. */
    readonly healthFactor: number
    /** Share of the collateral's value in WBTC; the rest is WETH. */
    readonly wbtcShare: number
  }
  readonly morpho: {
    readonly collateral: 'WETH' | 'WBTC'
    /** Borrowed USDC. */
    readonly debt: number
    /** `lltv × collateral ÷ debt` at the start. */
    readonly healthFactor: number
  }
  readonly perp: {
    readonly asset: PerpAsset
    readonly margin: number
    /** Notional of the long over the margin. */
    readonly leverage: number
  }
  /** Nothing unless given. */
  readonly synthetix?: {
    readonly asset: PerpAsset
    /** sUSD. */
    readonly margin: number
    /** Notional of the long over the margin. */
    readonly leverage: number
  } | null
  /** USDC in the wallet, at most a tenth of the two debts. */
  readonly reserve: number
}

/** Long ETH and BTC on $800,000 of debt; left alone, each part is liquidated in the crash that {@link syntheticCrash} makes. */
export const DEFAULT_PORTFOLIO: PortfolioPlan = {
  aave: { debt: 500_000, healthFactor: 1.6, wbtcShare: 0.3 },
  morpho: { collateral: 'WBTC', debt: 300_000, healthFactor: 1.45 },
  perp: { asset: 'ETH', margin: 60_000, leverage: 4 },
  reserve: 60_000,
}

/**
 * Opens a leveraged portfolio on Aave, Morpho, Perp and Synthetix with the protocols' own calls: in one block, and in
 * another one three seconds later if there is an order for Synthetix' keeper to execute.
 *
 * The collateral and Synthetix' margin are new tokens; what is borrowed goes to the `trader`, who stands for whoever sold that collateral. So the
 * account keeps its positions, its reserve and nothing else.
 *
 * @param plan - What it leaves out is not opened.
 * @throws {@link InvalidInputError} when the reserve is more than a tenth of the debts, or a size is not positive.
 * @throws {@link DevnetTransactionError} when a protocol refuses, as when a health factor is below what it lends at.
 */
export async function openPortfolio(
  devnet: Devnet,
  account: Address,
  plan: Partial<PortfolioPlan> = DEFAULT_PORTFOLIO,
): Promise<{ readonly block: bigint }> {
  requirePlan(plan)
  const stage = createStage(devnet)
  const prices = await readPrices(stage)
  const { USDC } = stage.tokens
  const worth = (token: DevnetToken, value: number) =>
    (priceFromNumber(value) * 10n ** BigInt(token.decimals)) / prices[token.asset]
  const calls: WorldCall[] = [
    ...(plan.aave === undefined ? [] : await lendOnAave(plan.aave)),
    ...(plan.morpho === undefined ? [] : await lendOnMorpho(plan.morpho)),
    ...(plan.perp === undefined ? [] : await openPerp(plan.perp)),
    ...(plan.synthetix ? orderOnSynthetix(plan.synthetix) : []),
    mintCall(stage, USDC, account, worth(USDC, plan.reserve ?? 0)),
  ]
  const { deployer } = stage.accounts
  const isForeign = account !== deployer.address
  await devnet.client.impersonateAccount({ address: account })
  try {
    const block = await createBlockBuilder(stage.client).build(calls, 0n)
    await requireAll(stage.client, block)
    return { block: plan.synthetix ? await executeOrder() : block.number }
  } finally {
    if (isForeign) await devnet.client.stopImpersonatingAccount({ address: account })
  }

  async function lendOnAave({
    debt,
    healthFactor,
    wbtcShare,
  }: PortfolioPlan['aave']): Promise<readonly WorldCall[]> {
    const { pool } = stage.deployment.aave
    const shares = [
      { token: stage.tokens.WETH, share: 1 - wbtcShare },
      { token: stage.tokens.WBTC, share: wbtcShare },
    ]
    const thresholds = await Promise.all(shares.map(({ token }) => readThreshold(stage, token)))
    const threshold = shares.reduce((sum, { share }, i) => sum + share * (thresholds[i] ?? 0), 0)
    const collateral = (debt * healthFactor) / threshold
    const supplied = shares
      .filter(({ share }) => share > 0)
      .flatMap(({ token, share }) => {
        const amount = worth(token, collateral * share)
        const data = encodeFunctionData({
          abi: aavePoolAbi,
          functionName: 'supply',
          args: [token.address, amount, account, 0],
        })
        return [
          mintCall(stage, token, account, amount),
          approveCall(stage, token.symbol, account, pool),
          { action: `Aave supply of ${token.symbol}`, from: account, to: pool, data },
        ]
      })
    const borrowed = worth(USDC, debt)
    const borrow = encodeFunctionData({
      abi: aavePoolAbi,
      functionName: 'borrow',
      args: [USDC.address, borrowed, VARIABLE, 0, account],
    })
    return [
      ...supplied,
      { action: 'Aave borrow of USDC', from: account, to: pool, data: borrow },
      payCall(stage, account, borrowed),
    ]
  }

  async function lendOnMorpho({
    collateral,
    debt,
    healthFactor,
  }: PortfolioPlan['morpho']): Promise<readonly WorldCall[]> {
    const { morpho: to, markets } = stage.deployment.morpho
    const market = markets.find((each) => each.collateral === collateral)
    if (market === undefined)
      throw new InvalidInputError({
        field: 'morpho.collateral',
        found: collateral,
        allowed: markets.map((each) => each.collateral).join(', '),
      })
    const params = { ...market.params, lltv: BigInt(market.params.lltv) }
    const token = stage.tokens[collateral]
    const posted = worth(token, (debt * healthFactor) / (Number(params.lltv) / 1e18))
    const borrowed = worth(USDC, debt)
    return [
      mintCall(stage, token, account, posted),
      approveCall(stage, collateral, account, to),
      {
        action: `Morpho supplyCollateral of ${collateral}`,
        from: account,
        to,
        data: encodeFunctionData({
          abi: morphoAbi,
          functionName: 'supplyCollateral',
          args: [params, posted, account, '0x'],
        }),
      },
      {
        action: 'Morpho borrow of USDC',
        from: account,
        to,
        data: encodeFunctionData({
          abi: morphoAbi,
          functionName: 'borrow',
          args: [params, borrowed, 0n, account, account],
        }),
      },
      payCall(stage, account, borrowed),
    ]
  }

  function orderOnSynthetix({
    asset,
    margin,
    leverage,
  }: NonNullable<PortfolioPlan['synthetix']>): readonly WorldCall[] {
    const amount = priceFromNumber(margin)
    const size = (priceFromNumber(margin * leverage) * 10n ** 18n) / prices[asset]
    return [
      mintSusdCall(stage, account, amount),
      transferMarginCall(stage, asset, account, amount),
      submitOrderCall(stage, { asset, by: account, size, price: prices[asset] }),
    ]
  }

  /** Has the keeper execute the account's order at the feed's price. */
  async function executeOrder(): Promise<bigint> {
    const keeper = await createOrderKeeper(stage, {
      isWilling: (order) => order.account === account,
      publisher: {
        publish: async (time) => ({
          ETH: await devnet.signPrice('ETH', prices.ETH / 10n ** 10n, time),
          BTC: await devnet.signPrice('BTC', prices.BTC / 10n ** 10n, time),
        }),
      },
    })
    const orders = await keeper.find()
    const time = orders.find((order) => order.account === account)?.executableAt ?? 0n
    await devnet.client.impersonateAccount({ address: stage.accounts.synthetixKeeper.address })
    const executions = await keeper.execute(orders, time)
    const block = await createBlockBuilder(stage.client).build(executions, time)
    await requireAll(stage.client, block)
    return block.number
  }

  async function openPerp({
    asset,
    margin,
    leverage,
  }: PortfolioPlan['perp']): Promise<readonly WorldCall[]> {
    const pools = await findPools(stage)
    const pool = pools.find((each) => each.venue === 'perp-v2' && each.asset === asset)
    if (pool === undefined)
      throw new InvalidInputError({ field: 'perp.asset', found: asset, allowed: 'ETH, BTC' })
    const deposit = worth(USDC, margin)
    return [
      mintCall(stage, USDC, account, deposit),
      approveCall(stage, 'USDC', account, stage.deployment.perp.vault),
      depositCall(stage, account, deposit),
      tradeCall(stage, {
        pool,
        reason: 'background',
        by: account,
        zeroForOne: false,
        amountIn: priceFromNumber(margin * leverage),
        limit: 0n,
      }),
    ]
  }
}

function mintCall(stage: Stage, token: DevnetToken, to: Address, amount: bigint): WorldCall {
  const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'mint', args: [to, amount] })
  const from = stage.accounts.deployer.address
  return { action: `${token.symbol}.mint`, from, to: token.address, data, gas: 200_000n }
}

/** Hands borrowed USDC to whoever sold the collateral. */
function payCall(stage: Stage, from: Address, amount: bigint): WorldCall {
  const args = [stage.accounts.trader.address, amount] as const
  const data = encodeFunctionData({ abi: testTokenAbi, functionName: 'transfer', args })
  return { action: 'payment for the collateral', from, to: stage.tokens.USDC.address, data }
}

async function readPrices({ client, deployment }: Stage) {
  const answers = await Promise.all(
    FEEDS.map((asset) =>
      client.readContract({
        address: deployment.feeds[asset],
        abi: priceFeedAbi,
        functionName: 'latestAnswer',
      }),
    ),
  )
  const priceOf = (i: number): Price => price((answers[i] ?? 0n) * 10n ** 10n)
  return { ETH: priceOf(0), BTC: priceOf(1), USDC: priceOf(2) }
}

async function readThreshold({ client, deployment }: Stage, token: DevnetToken): Promise<number> {
  const configuration = await client.readContract({
    address: deployment.aave.dataProvider,
    abi: aaveDataProviderAbi,
    functionName: 'getReserveConfigurationData',
    args: [token.address],
  })
  return Number(configuration[2]) / 10_000
}

function requirePlan({ aave, morpho, perp, synthetix, reserve = 0 }: Partial<PortfolioPlan>): void {
  const sizes = {
    'aave.debt': aave?.debt,
    'aave.healthFactor': aave?.healthFactor,
    'morpho.debt': morpho?.debt,
    'morpho.healthFactor': morpho?.healthFactor,
    'perp.margin': perp?.margin,
    'perp.leverage': perp?.leverage,
    'synthetix.margin': synthetix?.margin,
    'synthetix.leverage': synthetix?.leverage,
  }
  for (const [field, found] of Object.entries(sizes))
    if (found !== undefined && !(found > 0))
      throw new InvalidInputError({ field, found, allowed: 'a positive number' })
  if (aave !== undefined && !(aave.wbtcShare >= 0 && aave.wbtcShare <= 1))
    throw new InvalidInputError({
      field: 'aave.wbtcShare',
      found: aave.wbtcShare,
      allowed: 'a share from 0 to 1',
    })
  const most = MAX_RESERVE_SHARE * ((aave?.debt ?? 0) + (morpho?.debt ?? 0))
  if (!(reserve >= 0 && reserve <= most))
    throw new InvalidInputError({ field: 'reserve', found: reserve, allowed: `0 to ${most}` })
}
