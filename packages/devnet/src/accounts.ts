import { type Hex, keccak256, toHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'

/** Everyone on the devnet. The keys are hashes of public words: worthless anywhere else. */
export const ROLES = [
  'deployer', // owns and configures every contract, mints the tokens, writes the feeds
  'treasury', // receives Aave's protocol fees
  'maker', // supplies the liquidity of every protocol
  'arbitrageur', // pulls the pools to the market price
  'trader', // anyone else who trades
  'owner', // whose portfolio the agent keeps
  'twin', // has the same portfolio and no agent
  'aaveLiquidator',
  'morphoLiquidator',
  'perpLiquidator',
  'synthetixKeeper', // executes orders when their price is there
  'synthetixLiquidator',
  'stranger', // may do nothing with anyone's funds
] as const

export type Role = (typeof ROLES)[number]
export type Accounts = Readonly<Record<Role, PrivateKeyAccount>>

/** The key of a role. */
export function privateKeyOf(role: Role): Hex {
  return keccak256(toHex(`plimsoll devnet ${role}`))
}

/** One of many owners, by number. Their keys are as public as those of the roles. */
export const ownerAt = (index: number): PrivateKeyAccount =>
  privateKeyToAccount(keccak256(toHex(`plimsoll devnet owner ${index}`)))

/** Derives every account. */
export function createAccounts(): Accounts {
  const entries = ROLES.map((role) => [role, privateKeyToAccount(privateKeyOf(role))])
  return Object.fromEntries(entries) as Accounts
}

/**
 * Deploys Perp v2's quote token as its first transaction: that address starts with 0xff, so it sorts above the base
 * tokens, as Perp v2 demands. The number was found by trying.
 */
export const quoteTokenDeployer = () =>
  privateKeyToAccount(keccak256(toHex('plimsoll devnet quote token 94'))).address
