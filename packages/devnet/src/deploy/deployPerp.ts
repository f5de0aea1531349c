import type { Address } from 'viem'
import type { PerpAsset, PerpDeployment, PerpMarket } from '../deployment.ts'
import type { Contract, Deployer } from './deployer.ts'
import type { Base } from './deployTokens.ts'
import {
  amountWorth,
  answerOf,
  INSURANCE_FUND_USD,
  PERP_DEPTH_USD,
  PERP_MAKER_COLLATERAL_USD,
  PERP_RANGE,
} from './market.ts'
import { nearestTick, requireOrder, sideForDepth, sqrtPriceX96 } from './poolMath.ts'

const CURIE = '@perp/curie-contract'
const ORACLES = '@perp/perp-oracle-contract'
const FEE = 3_000
const TICK_SPACING = 60
const FEED_TIMEOUT = 2_400 // seconds
const FEED_TWAP = 900 // seconds
const MAX_TICKS_PER_BLOCK = 1_000
const OBSERVATIONS = 500 // 30 minutes of TWAP at several trades a minute
const OBSERVATIONS_PER_TRANSACTION = 250
const MAX = 2n ** 256n - 1n

interface System {
  readonly config: Contract
  readonly quote: Contract
  readonly factory: Contract
  readonly registry: Contract
  readonly orderBook: Contract
  readonly accountBalance: Contract
  readonly exchange: Contract
  readonly insuranceFund: Contract
  readonly vault: Contract
  readonly collateralManager: Contract
  readonly clearingHouse: Contract
  readonly delegateApproval: Contract
}

/**
 * Deploys Perpetual Protocol v2 (Curie) with an ETH and a BTC market. The makers come with {@link makePerpMarkets},
 * when the markets have an hour of history.
 */
export async function deployPerp(
  deployer: Deployer,
  base: Base,
  quoteTokenDeployer: Address,
): Promise<PerpDeployment> {
  const system = await deploySystem(deployer, base, quoteTokenDeployer)
  const openMarket = (asset: PerpAsset) => deployMarket(deployer, system, base, asset)
  const markets = { ETH: await openMarket('ETH'), BTC: await openMarket('BTC') }
  return {
    clearingHouse: system.clearingHouse.address,
    clearingHouseConfig: system.config.address,
    vault: system.vault.address,
    accountBalance: system.accountBalance.address,
    exchange: system.exchange.address,
    orderBook: system.orderBook.address,
    marketRegistry: system.registry.address,
    insuranceFund: system.insuranceFund.address,
    collateralManager: system.collateralManager.address,
    delegateApproval: system.delegateApproval.address,
    quoteToken: system.quote.address,
    factory: system.factory.address,
    markets,
  }
}

async function deploySystem(
  deployer: Deployer,
  base: Base,
  quoteTokenDeployer: Address,
): Promise<System> {
  const { USDC, WETH } = base.tokens
  const create = async (name: string, args: unknown[], from?: Address) => {
    const contract = await deployer.deployFrom(CURIE, name, [], from === undefined ? {} : { from })
    await deployer.send(contract, 'initialize', args, from)
    return contract
  }
  const config = await create('ClearingHouseConfig', [])
  const quote = await create('QuoteToken', ['vUSD', 'vUSD'], quoteTokenDeployer)
  const factory = await deployer.deployFrom('@uniswap/v3-core', 'UniswapV3Factory')
  const registry = await create('MarketRegistry', [factory.address, quote.address])
  const orderBook = await create('OrderBook', [registry.address])
  const accountBalance = await create('AccountBalance', [config.address, orderBook.address])
  const exchange = await create('Exchange', [registry.address, orderBook.address, config.address])
  const insuranceFund = await create('InsuranceFund', [USDC.address])
  await deployer.send(exchange, 'setAccountBalance', [accountBalance.address])
  await deployer.send(orderBook, 'setExchange', [exchange.address])
  const vault = await create('Vault', [
    insuranceFund.address,
    config.address,
    accountBalance.address,
    exchange.address,
  ])
  const collateralManager = await create('CollateralManager', [
    config.address,
    vault.address,
    5, // tokens per account
    750_000, // ratio of debt to the value of other collateral
    500_000, // share of that collateral one liquidation may take
    2_000, // buffer over the maintenance margin
    30_000, // insurance fund's fee
    10_000n * 10n ** 6n,
    500n * 10n ** 6n,
  ])
  await deployer.send(vault, 'setCollateralManager', [collateralManager.address])
  await deployer.send(vault, 'setWETH9', [WETH.address])
  await deployer.send(insuranceFund, 'setVault', [vault.address])
  await deployer.send(accountBalance, 'setVault', [vault.address])
  const clearingHouse = await create('ClearingHouse', [
    config.address,
    vault.address,
    quote.address,
    factory.address,
    exchange.address,
    accountBalance.address,
    insuranceFund.address,
  ])
  const delegateApproval = await create('DelegateApproval', [])
  await deployer.send(clearingHouse, 'setDelegateApproval', [delegateApproval.address])
  for (const contract of [registry, orderBook, exchange, accountBalance, vault])
    await deployer.send(contract, 'setClearingHouse', [clearingHouse.address])
  await deployer.send(config, 'setSettlementTokenBalanceCap', [MAX])
  await deployer.send(quote, 'mintMaximumTo', [clearingHouse.address], quoteTokenDeployer)
  await deployer.send(quote, 'addWhitelist', [clearingHouse.address], quoteTokenDeployer)
  await deployer.send(quote, 'setOwner', [deployer.account], quoteTokenDeployer)
  await deployer.send(quote, 'updateOwner')
  await deployer.send(USDC, 'mint', [
    insuranceFund.address,
    amountWorth(INSURANCE_FUND_USD, USDC.price, USDC.decimals),
  ])
  await deployer.send(insuranceFund, 'deposit')
  return {
    config,
    quote,
    factory,
    registry,
    orderBook,
    accountBalance,
    exchange,
    insuranceFund,
    vault,
    collateralManager,
    clearingHouse,
    delegateApproval,
  }
}

async function deployMarket(
  deployer: Deployer,
  system: System,
  base: Base,
  asset: PerpAsset,
): Promise<PerpMarket> {
  const { clearingHouse, quote, registry, factory } = system
  const feed = await deployer.deployFrom(ORACLES, 'ChainlinkPriceFeedV3', [
    base.feeds[asset].address,
    FEED_TIMEOUT,
    FEED_TWAP,
  ])
  const dispatcher = await deployer.deployFrom(ORACLES, 'PriceFeedDispatcher', [feed.address])
  await deployer.send(dispatcher, 'dispatchPrice', [0])
  const baseToken = await deployer.deployFrom(CURIE, 'BaseToken')
  requireOrder(baseToken.address, quote.address)
  await deployer.send(baseToken, 'initialize', [`v${asset}`, `v${asset}`, dispatcher.address])
  await deployer.send(baseToken, 'mintMaximumTo', [clearingHouse.address])
  await deployer.send(baseToken, 'addWhitelist', [clearingHouse.address])

  await deployer.send(factory, 'createPool', [baseToken.address, quote.address, FEE])
  const poolAddress = await deployer.read<Address>(factory, 'getPool', [
    baseToken.address,
    quote.address,
    FEE,
  ])
  const pool = await deployer.at('@uniswap/v3-core', 'UniswapV3Pool', poolAddress)
  const price = asset === 'ETH' ? base.tokens.WETH.price : base.tokens.WBTC.price
  await deployer.send(pool, 'initialize', [sqrtPriceX96(answerOf(price), 10n ** 8n)])
  for (
    let next = OBSERVATIONS_PER_TRANSACTION;
    next <= OBSERVATIONS;
    next += OBSERVATIONS_PER_TRANSACTION
  )
    await deployer.send(pool, 'increaseObservationCardinalityNext', [next])
  await deployer.send(baseToken, 'addWhitelist', [poolAddress])
  await deployer.send(quote, 'addWhitelist', [poolAddress])
  await deployer.send(registry, 'addPool', [baseToken.address, FEE])
  await deployer.send(system.exchange, 'setMaxTickCrossedWithinBlock', [
    baseToken.address,
    MAX_TICKS_PER_BLOCK,
  ])
  return {
    baseToken: baseToken.address,
    pool: poolAddress,
    priceFeedDispatcher: dispatcher.address,
    chainlinkPriceFeed: feed.address,
  }
}

/** Deposits the maker's collateral and spreads its liquidity over a wide range of prices in both markets. */
export async function makePerpMarkets(
  deployer: Deployer,
  perp: PerpDeployment,
  base: Base,
  maker: Address,
): Promise<void> {
  const { USDC } = base.tokens
  const vault = await deployer.at(CURIE, 'Vault', perp.vault)
  const clearingHouse = await deployer.at(CURIE, 'ClearingHouse', perp.clearingHouse)
  const collateral = amountWorth(PERP_MAKER_COLLATERAL_USD, USDC.price, USDC.decimals)
  await deployer.send(USDC, 'mint', [maker, collateral])
  await deployer.send(USDC, 'approve', [vault.address, MAX], maker)
  await deployer.send(vault, 'deposit', [USDC.address, collateral], maker)
  for (const asset of ['ETH', 'BTC'] as const) {
    const price = asset === 'ETH' ? base.tokens.WETH.price : base.tokens.WBTC.price
    // Of a side over all prices, the range leaves out what would trade beyond it.
    const side = sideForDepth(PERP_DEPTH_USD) * (1 - Math.sqrt(1 / PERP_RANGE))
    const params = {
      baseToken: perp.markets[asset].baseToken,
      base: amountWorth(side, price, 18),
      quote: amountWorth(side, 1, 18),
      lowerTick: nearestTick(price / PERP_RANGE, TICK_SPACING),
      upperTick: nearestTick(price * PERP_RANGE, TICK_SPACING),
      minBase: 0n,
      minQuote: 0n,
      useTakerBalance: false,
      deadline: MAX,
    }
    await deployer.send(clearingHouse, 'addLiquidity', [params], maker)
  }
}
