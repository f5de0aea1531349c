import { type Abi, keccak256, parseEther, toFunctionSelector, toHex, zeroAddress } from 'viem'
import type { PerpAsset, SynthetixMarket } from '../deployment.ts'
import type { Contract, Deployer } from './deployer.ts'
import { SYNTHETIX_MARKETS } from './market.ts'

const SYNTHETIX = 'synthetix'

/** Which functions of the proxy each implementation answers. The views are all that its interface declares. */
const ROUTES = {
  PerpsV2MarketViews: [
    'accessibleMargin',
    'accruedFunding',
    'assetPrice',
    'baseAsset',
    'canLiquidate',
    'currentFundingRate',
    'currentFundingVelocity',
    'delayedOrders',
    'fillPrice',
    'fundingLastRecomputed',
    'fundingRateLastRecomputed',
    'fundingSequence',
    'fundingSequenceLength',
    'isFlagged',
    'liquidationFee',
    'liquidationPrice',
    'marketDebt',
    'marketKey',
    'marketSize',
    'marketSizes',
    'marketSkew',
    'notionalValue',
    'orderFee',
    'positions',
    'postTradeDetails',
    'profitLoss',
    'remainingMargin',
    'unrecordedFunding',
  ],
  PerpsV2Market: [
    'closePosition',
    'closePositionWithTracking',
    'modifyPosition',
    'modifyPositionWithTracking',
    'recomputeFunding',
    'transferMargin',
    'withdrawAllMargin',
  ],
  PerpsV2MarketLiquidate: ['flagPosition', 'forceLiquidatePosition', 'liquidatePosition'],
  PerpsV2MarketDelayedIntent: [
    'submitCloseDelayedOrderWithTracking',
    'submitCloseOffchainDelayedOrderWithTracking',
    'submitDelayedOrder',
    'submitDelayedOrderWithTracking',
    'submitOffchainDelayedOrder',
    'submitOffchainDelayedOrderWithTracking',
  ],
  PerpsV2MarketDelayedExecution: [
    'cancelDelayedOrder',
    'cancelOffchainDelayedOrder',
    'executeDelayedOrder',
    'executeOffchainDelayedOrder',
  ],
} as const

/** What a market is attached to. */
export interface SynthetixSystem {
  readonly resolver: Contract
  readonly safeDecimalMath: Contract
  readonly exchangeRates: Contract
  readonly manager: Contract
  readonly settings: Contract
  readonly exchangeRate: Contract
}

/** Deploys one market: proxy, state and the five implementations behind the proxy; routes it and sets it up. */
export async function deploySynthetixMarket(
  deployer: Deployer,
  system: SynthetixSystem,
  asset: PerpAsset,
): Promise<SynthetixMarket> {
  const { resolver, manager, exchangeRate } = system
  const owner = deployer.account
  const key = toHex(`s${asset}PERP`, { size: 32 })
  const baseAsset = toHex(`s${asset}`, { size: 32 })
  const priceFeedId = keccak256(toHex(`plimsoll devnet ${asset}/USD`))
  const proxy = await deployer.deployFrom(SYNTHETIX, 'ProxyPerpsV2', [owner])
  const state = await deployer.deployFrom(SYNTHETIX, 'PerpsV2MarketState', [
    owner,
    [],
    baseAsset,
    key,
    zeroAddress, // no state of an older release
  ])
  const views = await deployer.deployFrom(SYNTHETIX, 'PerpsV2MarketViews', [
    state.address,
    owner,
    resolver.address,
  ])
  const deployPart = (name: string) =>
    deployer.deployFrom(SYNTHETIX, name, [proxy.address, state.address, owner, resolver.address], {
      libraries: { SafeDecimalMath: system.safeDecimalMath.address },
    })
  const execution = await deployPart('PerpsV2MarketDelayedExecution')
  const parts = [
    await deployPart('PerpsV2Market'),
    await deployPart('PerpsV2MarketLiquidate'),
    await deployPart('PerpsV2MarketDelayedIntent'),
    execution,
  ]
  await deployer.send(state, 'linkOrInitializeState')
  await deployer.send(state, 'addAssociatedContracts', [parts.map(({ address }) => address)])
  await deployer.send(exchangeRate, 'addAssociatedContracts', [[execution.address]])
  await deployer.send(exchangeRate, 'setOffchainPriceFeedId', [baseAsset, priceFeedId])
  for (const part of [views, ...parts]) await addRoutes(deployer, proxy, part)
  await deployer.send(resolver, 'rebuildCaches', [[views, ...parts].map(({ address }) => address)])
  await deployer.send(manager, 'addProxiedMarkets', [[proxy.address]])
  await deployer.send(system.settings, 'setParameters', [key, parametersOf(asset)])
  return { key, asset: baseAsset, proxy: proxy.address, state: state.address, priceFeedId }
}

async function addRoutes(deployer: Deployer, proxy: Contract, part: Contract): Promise<void> {
  const isView = part.name === 'PerpsV2MarketViews'
  const names: readonly string[] = ROUTES[part.name as keyof typeof ROUTES]
  for (const selector of selectorsOf(part.abi, names))
    await deployer.send(proxy, 'addRoute', [selector, part.address, isView])
}

function selectorsOf(abi: Abi, names: readonly string[]) {
  return abi.flatMap((entry) =>
    entry.type === 'function' && names.includes(entry.name) ? [toFunctionSelector(entry)] : [],
  )
}

/** A market's settings as the contract takes them: times and rounds as they are, the rest at 18 decimals. */
function parametersOf(asset: PerpAsset) {
  const settings = Object.entries(SYNTHETIX_MARKETS[asset]).map(([name, value]) => [
    name,
    typeof value === 'number' ? BigInt(value) : parseEther(value),
  ])
  return {
    ...Object.fromEntries(settings),
    offchainMarketKey: toHex(`oc${asset}PERP`, { size: 32 }),
  }
}
