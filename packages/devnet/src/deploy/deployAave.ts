import { type Address, parseUnits, zeroAddress } from 'viem'
import {
  type AaveDeployment,
  type AaveReserve,
  FEED_OF,
  TOKENS,
  type TokenSymbol,
} from '../deployment.ts'
import type { Contract, Deployer } from './deployer.ts'
import type { Base } from './deployTokens.ts'
import { AAVE_LIQUIDITY_USD, amountWorth } from './market.ts'

const CORE = '@aave/core-v3'
const FLASH_LOAN_PREMIUM = 5 // bps
const LIQUIDATION_PROTOCOL_FEE = 1_000 // bps of the bonus
const VARIABLE = 2n // Aave's interest rate mode
const MAX = 2n ** 256n - 1n

// Close to the Ethereum market. Shares in bps; rates per year, as decimals.
const RESERVES = {
  WETH: {
    ltv: 8_000,
    liquidationThreshold: 8_300,
    liquidationBonus: 10_500,
    reserveFactor: 1_500,
    optimalUsage: '0.9',
    slope1: '0.027',
    slope2: '0.8',
  },
  WBTC: {
    ltv: 7_300,
    liquidationThreshold: 7_800,
    liquidationBonus: 10_500,
    reserveFactor: 2_000,
    optimalUsage: '0.45',
    slope1: '0.04',
    slope2: '3',
  },
  USDC: {
    ltv: 7_700,
    liquidationThreshold: 8_000,
    liquidationBonus: 10_450,
    reserveFactor: 1_000,
    optimalUsage: '0.92',
    slope1: '0.055',
    slope2: '0.4',
  },
} as const

interface Accounts {
  readonly maker: Address
  readonly treasury: Address
}

/** Deploys Aave v3 with three reserves, and lends and borrows on it as the maker. */
export async function deployAave(
  deployer: Deployer,
  base: Base,
  accounts: Accounts,
): Promise<AaveDeployment> {
  const provider = await deployer.deployFrom(CORE, 'PoolAddressesProvider', [
    'Plimsoll devnet',
    deployer.account,
  ])
  const aclManager = await deployAcl(deployer, provider)
  const { pool, configurator } = await deployPool(deployer, provider)
  const oracle = await deployOracle(deployer, provider, base)
  const dataProvider = await deployer.deployFrom(CORE, 'AaveProtocolDataProvider', [
    provider.address,
  ])
  await deployer.send(provider, 'setPoolDataProvider', [dataProvider.address])
  await listReserves(deployer, { provider, pool, configurator, base, treasury: accounts.treasury })
  const uiPoolDataProvider = await deployer.deployFrom(
    '@aave/periphery-v3',
    'UiPoolDataProviderV3',
    [base.feeds.ETH.address, base.feeds.USDC.address],
  )
  await lend(deployer, pool, base, accounts.maker)

  const reserveOf = async (symbol: TokenSymbol): Promise<AaveReserve> => {
    const [aToken, , variableDebtToken] = await deployer.read<[Address, Address, Address]>(
      dataProvider,
      'getReserveTokensAddresses',
      [base.tokens[symbol].address],
    )
    return { aToken, variableDebtToken }
  }
  return {
    pool: pool.address,
    poolConfigurator: configurator.address,
    addressesProvider: provider.address,
    aclManager: aclManager.address,
    oracle: oracle.address,
    dataProvider: dataProvider.address,
    uiPoolDataProvider: uiPoolDataProvider.address,
    reserves: {
      WETH: await reserveOf('WETH'),
      WBTC: await reserveOf('WBTC'),
      USDC: await reserveOf('USDC'),
    },
  }
}

async function deployAcl(deployer: Deployer, provider: Contract): Promise<Contract> {
  await deployer.send(provider, 'setACLAdmin', [deployer.account])
  const acl = await deployer.deployFrom(CORE, 'ACLManager', [provider.address])
  await deployer.send(provider, 'setACLManager', [acl.address])
  for (const role of ['addPoolAdmin', 'addEmergencyAdmin', 'addRiskAdmin', 'addAssetListingAdmin'])
    await deployer.send(acl, role, [deployer.account])
  return acl
}

async function deployPool(deployer: Deployer, provider: Contract) {
  const libraries: Record<string, Address> = {}
  for (const library of [
    'SupplyLogic',
    'BorrowLogic',
    'LiquidationLogic',
    'EModeLogic',
    'BridgeLogic',
    'PoolLogic',
    'ConfiguratorLogic',
    'FlashLoanLogic', // links BorrowLogic, so it comes last
  ])
    libraries[library] = (await deployer.deployFrom(CORE, library, [], { libraries })).address

  const poolImpl = await deployer.deployFrom(CORE, 'Pool', [provider.address], { libraries })
  await deployer.send(poolImpl, 'initialize', [provider.address])
  await deployer.send(provider, 'setPoolImpl', [poolImpl.address])
  const configuratorImpl = await deployer.deployFrom(CORE, 'PoolConfigurator', [], { libraries })
  await deployer.send(provider, 'setPoolConfiguratorImpl', [configuratorImpl.address])
  const proxyOf = async (name: string, getter: string) =>
    deployer.at(CORE, name, await deployer.read<Address>(provider, getter))
  return {
    pool: await proxyOf('Pool', 'getPool'),
    configurator: await proxyOf('PoolConfigurator', 'getPoolConfigurator'),
  }
}

async function deployOracle(deployer: Deployer, provider: Contract, base: Base): Promise<Contract> {
  const oracle = await deployer.deployFrom(CORE, 'AaveOracle', [
    provider.address,
    TOKENS.map((symbol) => base.tokens[symbol].address),
    TOKENS.map((symbol) => base.feeds[FEED_OF[symbol]].address),
    zeroAddress, // no fallback oracle
    zeroAddress, // the base currency is USD
    10n ** 8n,
  ])
  await deployer.send(provider, 'setPriceOracle', [oracle.address])
  return oracle
}

async function listReserves(
  deployer: Deployer,
  market: {
    readonly provider: Contract
    readonly pool: Contract
    readonly configurator: Contract
    readonly base: Base
    readonly treasury: Address
  },
): Promise<void> {
  const { provider, pool, configurator, base, treasury } = market
  const implementation = async (name: string) =>
    (await deployer.deployFrom(CORE, name, [pool.address])).address
  const aTokenImpl = await implementation('AToken')
  const stableDebtTokenImpl = await implementation('StableDebtToken')
  const variableDebtTokenImpl = await implementation('VariableDebtToken')
  for (const symbol of TOKENS) {
    const { address, decimals } = base.tokens[symbol]
    const strategy = await deployRateStrategy(deployer, provider, symbol)
    await deployer.send(configurator, 'initReserves', [
      [
        {
          aTokenImpl,
          stableDebtTokenImpl,
          variableDebtTokenImpl,
          underlyingAssetDecimals: decimals,
          interestRateStrategyAddress: strategy.address,
          underlyingAsset: address,
          treasury,
          incentivesController: zeroAddress,
          aTokenName: `Aave Devnet ${symbol}`,
          aTokenSymbol: `a${symbol}`,
          variableDebtTokenName: `Aave Devnet Variable Debt ${symbol}`,
          variableDebtTokenSymbol: `variableDebt${symbol}`,
          stableDebtTokenName: `Aave Devnet Stable Debt ${symbol}`,
          stableDebtTokenSymbol: `stableDebt${symbol}`,
          params: '0x10',
        },
      ],
    ])
    const reserve = RESERVES[symbol]
    const { ltv, liquidationThreshold, liquidationBonus } = reserve
    const configure = (name: string, ...args: unknown[]) =>
      deployer.send(configurator, name, [address, ...args])
    await configure('configureReserveAsCollateral', ltv, liquidationThreshold, liquidationBonus)
    await configure('setReserveBorrowing', true)
    await configure('setReserveFactor', reserve.reserveFactor)
    await configure('setReserveFlashLoaning', true)
    await configure('setLiquidationProtocolFee', LIQUIDATION_PROTOCOL_FEE)
  }
  await deployer.send(configurator, 'updateFlashloanPremiumTotal', [FLASH_LOAN_PREMIUM])
}

function deployRateStrategy(deployer: Deployer, provider: Contract, symbol: TokenSymbol) {
  const { optimalUsage, slope1, slope2 } = RESERVES[symbol]
  const ray = (decimal: string) => parseUnits(decimal, 27)
  return deployer.deployFrom(CORE, 'DefaultReserveInterestRateStrategy', [
    provider.address,
    ray(optimalUsage),
    0n, // base rate
    ray(slope1),
    ray(slope2),
    ray(slope1), // the four stable rates are unused: no reserve lends at one
    ray(slope2),
    ray('0.01'),
    ray('0.08'),
    ray('0.2'),
  ])
}

async function lend(deployer: Deployer, pool: Contract, base: Base, maker: Address): Promise<void> {
  for (const symbol of TOKENS) {
    const token = base.tokens[symbol]
    const amount = amountWorth(AAVE_LIQUIDITY_USD[symbol].supply, token.price, token.decimals)
    await deployer.send(token, 'mint', [maker, amount])
    await deployer.send(token, 'approve', [pool.address, MAX], maker)
    await deployer.send(pool, 'supply', [token.address, amount, maker, 0], maker)
  }
  for (const symbol of TOKENS) {
    const token = base.tokens[symbol]
    const amount = amountWorth(AAVE_LIQUIDITY_USD[symbol].borrow, token.price, token.decimals)
    await deployer.send(pool, 'borrow', [token.address, amount, VARIABLE, 0, maker], maker)
  }
}
