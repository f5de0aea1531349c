import type { Artifacts } from '@plimsoll/contracts'
import { type Address, parseEther, toHex } from 'viem'
import type { SynthetixDeployment, UniswapDeployment } from '../deployment.ts'
import type { Contract, Deployer } from './deployer.ts'
import { deploySusdPool } from './deploySusdPool.ts'
import { deploySynthetixMarket } from './deploySynthetixMarket.ts'
import type { Base } from './deployTokens.ts'
import {
  SYNTHETIX_BREAKER_FACTOR,
  SYNTHETIX_LIQUIDATION,
  SYNTHETIX_STALE_SECONDS,
} from './market.ts'

const SYNTHETIX = 'synthetix'
const DECIMALS = 18

/**
 * Deploys Synthetix PerpsV2 with an ETH and a BTC market, and sUSD with a pool against USDC.
 *
 * The debt pool behind the markets is not there: sUSD is burnt when margin comes in and issued when it goes out, as the
 * markets do, and a stand-in of ours answers for the fee pool, the exchanger and the issuer.
 */
export async function deploySynthetix(
  deployer: Deployer,
  artifacts: Artifacts,
  plan: {
    readonly base: Base
    readonly uniswap: UniswapDeployment
    readonly maker: Address
    /** Who signs off-chain prices. */
    readonly publisher: Address
  },
): Promise<SynthetixDeployment> {
  const owner = deployer.account
  const safeDecimalMath = await deployer.deployFrom(SYNTHETIX, 'SafeDecimalMath')
  const settingsLib = await deployer.deployFrom(SYNTHETIX, 'SystemSettingsLib', [], {
    libraries: { SafeDecimalMath: safeDecimalMath.address },
  })
  const libraries = {
    SafeDecimalMath: safeDecimalMath.address,
    SystemSettingsLib: settingsLib.address,
  }
  const create = (name: string, args: unknown[]) =>
    deployer.deployFrom(SYNTHETIX, name, args, { libraries })
  const resolver = await create('AddressResolver', [owner])
  const resolved = (name: string) => create(name, [owner, resolver.address])

  const flexibleStorage = await create('FlexibleStorage', [resolver.address])
  const systemStatus = await create('SystemStatus', [owner])
  const systemSettings = await resolved('SystemSettings')
  const exchangeRates = await resolved('ExchangeRates')
  const circuitBreaker = await resolved('CircuitBreaker')
  const manager = await resolved('FuturesMarketManager')
  const settings = await resolved('PerpsV2MarketSettings')
  const exchangeRate = await resolved('PerpsV2ExchangeRate')
  const { proxy, synth } = await deploySusd(deployer, resolver)
  const standIn = await deployer.deploy('SynthetixStandIn', artifacts.SynthetixStandIn, [
    synth.address,
  ])
  const pyth = await deployer.deploy('SignedPrices', artifacts.SignedPrices, [plan.publisher])

  const names: readonly (readonly [string, Contract])[] = [
    ['FlexibleStorage', flexibleStorage],
    ['SystemStatus', systemStatus],
    ['SystemSettings', systemSettings],
    ['ExchangeRates', exchangeRates],
    ['CircuitBreaker', circuitBreaker],
    ['SynthsUSD', synth],
    ['FuturesMarketManager', manager],
    ['PerpsV2MarketSettings', settings],
    ['PerpsV2ExchangeRate', exchangeRate],
    ['FeePool', standIn],
    ['Exchanger', standIn],
    ['Issuer', standIn],
    ['CollateralManager', standIn],
    ['EtherWrapper', standIn],
    ['WrapperFactory', standIn],
  ]
  await deployer.send(resolver, 'importAddresses', [
    names.map(([name]) => toHex(name, { size: 32 })),
    names.map(([, { address }]) => address),
  ])
  const asking = [systemSettings, exchangeRates, circuitBreaker, synth, manager]
  await deployer.send(resolver, 'rebuildCaches', [
    [...asking, settings, exchangeRate].map(({ address }) => address),
  ])
  await deployer.send(systemSettings, 'setRateStalePeriod', [SYNTHETIX_STALE_SECONDS])
  await deployer.send(systemSettings, 'setPriceDeviationThresholdFactor', [
    parseEther(SYNTHETIX_BREAKER_FACTOR),
  ])
  await setLiquidation(deployer, settings)
  await deployer.send(exchangeRate, 'setOffchainOracle', [pyth.address])
  for (const asset of ['ETH', 'BTC'] as const)
    await deployer.send(exchangeRates, 'addAggregator', [
      toHex(`s${asset}`, { size: 32 }),
      plan.base.feeds[asset].address,
    ])
  const system = { resolver, safeDecimalMath, exchangeRates, manager, settings, exchangeRate }
  const markets = {
    ETH: await deploySynthetixMarket(deployer, system, 'ETH'),
    BTC: await deploySynthetixMarket(deployer, system, 'BTC'),
  }
  const susdPool = await deploySusdPool(deployer, { ...plan, susd: proxy, standIn })
  return {
    addressResolver: resolver.address,
    systemStatus: systemStatus.address,
    systemSettings: systemSettings.address,
    exchangeRates: exchangeRates.address,
    futuresMarketManager: manager.address,
    marketSettings: settings.address,
    exchangeRate: exchangeRate.address,
    pyth: pyth.address,
    standIn: standIn.address,
    susd: { address: proxy.address, decimals: DECIMALS },
    susdPool,
    markets,
  }
}

/** sUSD is a proxy that everyone holds, the code behind it, and a contract that keeps the balances. */
async function deploySusd(deployer: Deployer, resolver: Contract) {
  const owner = deployer.account
  const proxy = await deployer.deployFrom(SYNTHETIX, 'ProxyERC20', [owner])
  const state = await deployer.deployFrom(SYNTHETIX, 'TokenState', [owner, owner])
  const synth = await deployer.deployFrom(SYNTHETIX, 'MultiCollateralSynth', [
    proxy.address,
    state.address,
    'Synth sUSD',
    'sUSD',
    owner,
    toHex('sUSD', { size: 32 }),
    0n,
    resolver.address,
  ])
  await deployer.send(state, 'setAssociatedContract', [synth.address])
  await deployer.send(proxy, 'setTarget', [synth.address])
  return { proxy, synth }
}

/** The margin first: the keeper's fee may not exceed it. */
async function setLiquidation(deployer: Deployer, settings: Contract): Promise<void> {
  const {
    minInitialMargin,
    minKeeperFee,
    maxKeeperFee,
    liquidationFeeRatio,
    keeperLiquidationFee,
  } = SYNTHETIX_LIQUIDATION
  await deployer.send(settings, 'setMinInitialMargin', [parseEther(minInitialMargin)])
  await deployer.send(settings, 'setMinKeeperFee', [parseEther(minKeeperFee)])
  await deployer.send(settings, 'setMaxKeeperFee', [parseEther(maxKeeperFee)])
  await deployer.send(settings, 'setLiquidationFeeRatio', [parseEther(liquidationFeeRatio)])
  await deployer.send(settings, 'setKeeperLiquidationFee', [parseEther(keeperLiquidationFee)])
}
