import { lendingVenueSuite } from '@plimsoll/testkit'
import { createPondHarness } from './createPondHarness.ts'

lendingVenueSuite({ name: 'pond', create: async () => createPondHarness() })
