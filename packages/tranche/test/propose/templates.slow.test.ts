import { templateNames } from '../../src/intake/propose/templates.ts'
import { describeTemplates } from './template-runs.ts'

describeTemplates(templateNames)
