import { InvalidInputError } from '@plimsoll/domain'

/**
 * Checks that a configured value is the chain's.
 *
 * @param found - As configured.
 * @param allowed - As the chain says.
 * @throws InvalidInputError when they differ.
 */
export function assertOnChain<T extends number | bigint | string>(
  field: string,
  found: T,
  allowed: T,
): void {
  if (found !== allowed)
    throw new InvalidInputError({ field, found, allowed: `${allowed}, as on chain` })
}
