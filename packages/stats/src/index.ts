// biome-ignore-all assist/source/organizeImports: ordered by topic, by hand

// Errors
export {
  requireFinite,
  requireFiniteColumn,
  requireLevel,
  requirePositive,
  requireProbability,
  requireSameLength,
  StatsError,
  type StatsErrorCode,
  type StatsErrorDetails,
} from './stats-error.ts'

// Special functions
export {
  log1mExp,
  logAddExp,
  logBeta,
  logChoose,
  logFactorial,
  logGamma,
  logSubExp,
} from './special/log-gamma.ts'
export { digamma, trigamma } from './special/digamma.ts'
export { erf, erfc, logErfc } from './special/erf.ts'
export {
  inverseRegularizedGammaP,
  inverseRegularizedGammaQ,
  logRegularizedGamma,
  regularizedGammaP,
  regularizedGammaQ,
} from './special/incomplete-gamma.ts'
export {
  inverseBetaPair,
  inverseRegularizedBeta,
  logRegularizedBeta,
  regularizedBeta,
} from './special/incomplete-beta.ts'
export { hypergeometric2F1, logHypergeometric2F1 } from './special/hypergeometric.ts'

// Distributions
export * from './distributions/normal.ts'
export * from './distributions/student-t.ts'
export * from './distributions/chi-square.ts'
export * from './distributions/f.ts'
export * from './distributions/gamma.ts'
export * from './distributions/beta.ts'
export * from './distributions/binomial.ts'
export * from './distributions/poisson.ts'
export * from './distributions/negative-binomial.ts'

// Random numbers
export { createRandom, type RandomGenerator } from './random/generator.ts'
export * from './random/samplers.ts'

// Linear algebra
export { cholesky, choleskyLogDeterminant, choleskySolve, invertSymmetric } from './linalg/cholesky.ts'
export { fitLeastSquares, type LeastSquaresFit, type QrFactor, qrFactor } from './linalg/least-squares.ts'
export { solveLinear } from './linalg/lu.ts'
export { multiply, quadraticForm, transpose } from './linalg/products.ts'
export { type Svd, svd } from './linalg/svd.ts'
export { type SymmetricEigen, symmetricEigen } from './linalg/symmetric-eigen.ts'

// Optimisation
export type { Objective, OptimizeResult, OptimizeStatus } from './optimize/result.ts'
export { type LbfgsOptions, minimizeLbfgs } from './optimize/lbfgs.ts'
export { minimizeNelderMead, type NelderMeadOptions, type NelderMeadResult } from './optimize/nelder-mead.ts'
export { findRoot, minimizeBrent } from './optimize/brent.ts'
export { minimizeNewton, type NewtonObjective, type NewtonOptions } from './optimize/newton.ts'
export {
  checkGradient,
  hessianFromGradient,
  numericalGradient,
  numericalHessian,
} from './optimize/derivatives.ts'

// Customer lifetime value
export { type GroupedHistory, groupHistory, type PurchaseHistory } from './clv/purchase-history.ts'
export type { FittedModel, HistorySummary } from './clv/btyd-model.ts'
export type { FitDiagnostics, PositiveFitOptions } from './clv/fit-positive.ts'
export * from './clv/bg-nbd.ts'
export * from './clv/mbg-nbd.ts'
export * from './clv/pareto-nbd.ts'
export type { CovariateColumns, CovariateHistory } from './clv/customer-covariates.ts'
export * from './clv/covariate-model.ts'
export * from './clv/fit-covariates.ts'
export type { BuyingOpportunities } from './clv/buying-opportunities.ts'
export * from './clv/bg-bb.ts'
export * from './clv/bg-bb-posterior.ts'
export * from './clv/nbd.ts'
export * from './clv/alive-path.ts'
export {
  expectedByTime,
  expectedTransactions,
  probabilityAlive,
  type PurchaseModel,
} from './clv/purchase-models.ts'
export {
  bgNbdCountInterval,
  expectedTransactionsInterval,
  type IntervalColumns,
} from './clv/expected-transactions-interval.ts'
export * from './clv/gamma-gamma.ts'
export {
  type FrequencySpendCheck,
  frequencySpendCorrelation,
  type SpendingHistory,
} from './clv/spending-history.ts'
export { customerValue, type CustomerValueOptions, type ValueHistory } from './clv/customer-value.ts'
export { discountedCustomerValue, type DiscountedValueOptions } from './clv/discounted-value.ts'
export { discountedTransactions } from './clv/discounted-transactions.ts'
export { annuityExposure } from './clv/credit-terms.ts'
export {
  type CreditTerms,
  type CreditUncertainty,
  type CreditValue,
  type CreditValueInterval,
  creditValue,
  creditValueInterval,
} from './clv/credit-value.ts'
export { portfolioValue, type PortfolioValue, type PortfolioValueOptions } from './clv/portfolio-value.ts'
export { civilDate, type PeriodUnit, periodOrdinal } from './clv/period.ts'
export * from './clv/transaction-summary.ts'
export * from './clv/tracking.ts'

// Survival
export type { RiskTable, SurvivalData } from './survival/survival-data.ts'
export {
  fitKaplanMeier,
  type KaplanMeierCurve,
  type KaplanMeierOptions,
  restrictedMeanSurvival,
  type SurvivalInterval,
  survivalAt,
  survivalQuantile,
} from './survival/kaplan-meier.ts'
export * from './survival/nelson-aalen.ts'
export * from './survival/log-rank.ts'
export * from './survival/compare-curves.ts'
export type { CoxData, CoxTies } from './survival/cox-risk-sets.ts'
export { type ChiSquareTest, type CoxModel, type CoxOptions, fitCox } from './survival/cox.ts'
export {
  type CoxBaseline,
  type CoxPrediction,
  coxCumulativeHazard,
  predictCoxRisk,
  predictCoxSurvival,
} from './survival/cox-baseline.ts'
export {
  coxDevianceResiduals,
  coxMartingaleResiduals,
  coxSchoenfeldResiduals,
  type SchoenfeldResiduals,
} from './survival/cox-residuals.ts'
export * from './survival/cox-elastic-net.ts'
export * from './survival/cox-survival-interval.ts'
export * from './survival/cox-influence.ts'
export * from './survival/cox-summary.ts'
export * from './survival/cox-ph-test.ts'
export * from './survival/cox-power.ts'
export * from './survival/concordance.ts'
export * from './survival/prediction-error.ts'
export * from './survival/aft.ts'
export type { AftDistribution } from './survival/aft-distributions.ts'
export * from './survival/aft-predict.ts'
export * from './survival/aalen-additive.ts'
export * from './survival/piecewise-exponential.ts'
export * from './survival/aalen-johansen.ts'
export { type DiscreteTimes, type PeriodHazards, periodHazards } from './survival/period-hazards.ts'
export * from './survival/discrete-hazard.ts'
export * from './survival/fine-gray.ts'
export * from './survival/gray-test.ts'

// Forecasting
export { difference, type Forecast } from './forecasting/series.ts'
export * from './forecasting/accuracy.ts'
export * from './forecasting/naive.ts'
export * from './forecasting/autocorrelation.ts'
export * from './forecasting/stationarity.ts'
export * from './forecasting/box-cox.ts'
export {
  type ClassicalDecomposition,
  type ClassicalOptions,
  decomposeClassical,
} from './forecasting/decompose.ts'
export { decomposeStl, type StlDecomposition, type StlOptions } from './forecasting/stl.ts'
export type { Component, SmoothingShape } from './forecasting/smoothing-recursion.ts'
export * from './forecasting/exponential-smoothing.ts'
export type { KnownStates } from './forecasting/smoothing-starts.ts'
export * from './forecasting/ets.ts'
export { type EtsForecastOptions, forecastEts } from './forecasting/ets-forecast.ts'
export { forecastStl, type StlForecastOptions } from './forecasting/stl-forecast.ts'
export { forecastTheta, type ThetaOptions } from './forecasting/theta.ts'
export * from './forecasting/croston.ts'
export { type ArimaOrder, orderName } from './forecasting/arima-order.ts'
export { type ArimaModel, type ArimaOptions, fitArima } from './forecasting/arima.ts'
export { forecastArima } from './forecasting/arima-forecast.ts'
export { arimaDiffuseResiduals } from './forecasting/arima-residuals.ts'
export {
  type ArimaCriterion,
  type ArimaSelection,
  type ArimaSelectionOptions,
  selectArima,
} from './forecasting/arima-select.ts'
export { type Growth, growthCurve, type GrowthParameters, growthStartOfSeries } from './forecasting/growth.ts'
export { fourierTerms, placeChangepoints } from './forecasting/trend-season-design.ts'
export * from './forecasting/trend-season-options.ts'
export type { FittedRegressor, RegressorValues } from './forecasting/trend-season-regressors.ts'
export {
  fitTrendSeason,
  predictTrendSeason,
  type TrendSeasonModel,
  type TrendSeasonPrediction,
} from './forecasting/trend-season.ts'
export { forecastTrendSeason, type TrendSeasonIntervalOptions } from './forecasting/trend-season-interval.ts'
export * from './forecasting/back-test.ts'
export * from './forecasting/compare-forecasts.ts'
export * from './forecasting/reconcile.ts'
export * from './forecasting/error-covariance.ts'
export * from './forecasting/top-down.ts'
export { CHINESE_HOLIDAYS, type ChineseHoliday, chineseHolidayDays } from './forecasting/chinese-holidays.ts'

// Inference

// Experiments

// Clustering

// Supervised learning

// Binning and scorecards

// Association

// Uplift

// Fairness

// Privacy

// Expression
// Inference
export * from './inference/blocked-tests.ts'
export * from './inference/bootstrap.ts'
export * from './inference/combined-p-values.ts'
export * from './inference/compared-proportions.ts'
export * from './inference/contingency.ts'
export * from './inference/correlation.ts'
export * from './inference/effect-sizes.ts'
export * from './inference/equal-odds.ts'
export * from './inference/equivalence.ts'
export * from './inference/exact-tests.ts'
export * from './inference/exact-unconditional.ts'
export * from './inference/k-sample-tests.ts'
export * from './inference/kolmogorov-smirnov.ts'
export * from './inference/kendall.ts'
export * from './inference/mann-whitney.ts'
export * from './inference/more-proportion-intervals.ts'
export * from './inference/multiple-testing.ts'
export * from './inference/normality-tests.ts'
export * from './inference/one-proportion.ts'
export * from './inference/paired-tests.ts'
export * from './inference/noncentral-chi-square.ts'
export * from './inference/power-means.ts'
export * from './inference/power-proportions.ts'
export * from './inference/power-tables.ts'
export * from './inference/proportion-intervals.ts'
export * from './inference/proportion-tests.ts'
export * from './inference/quantile.ts'
export * from './inference/ranks.ts'
export * from './inference/rate-tests.ts'
export * from './inference/ratio-of-means.ts'
export * from './inference/sample.ts'
export * from './inference/spread-tests.ts'
export * from './inference/t-tests.ts'
export * from './inference/tukey.ts'
// Clustering
export * from './clustering/agglomerative.ts'
export * from './clustering/dbscan.ts'
export * from './clustering/dendrogram.ts'
export * from './clustering/equal-width-bins.ts'
export * from './clustering/external-validity.ts'
export * from './clustering/gap-statistic.ts'
export * from './clustering/gaussian-mixture.ts'
export * from './clustering/gower.ts'
export * from './clustering/k-means.ts'
export type { Linkage, LinkageUpdate } from './clustering/linkage.ts'
export * from './clustering/k-medoids.ts'
export * from './clustering/k-prototypes.ts'
export * from './clustering/mini-batch-k-means.ts'
export type { MixtureCovariance } from './clustering/mixture-covariance.ts'
export * from './clustering/mutual-information.ts'
export * from './clustering/pca.ts'
export * from './clustering/quantile-bins.ts'
export * from './clustering/rfm.ts'
export type { Rows } from './clustering/rows.ts'
export * from './clustering/scale-columns.ts'
export * from './clustering/silhouette.ts'
export * from './clustering/stability.ts'
export * from './clustering/standardise.ts'
export {
  adjustedRand,
  calinskiHarabasz,
  daviesBouldin,
  normalisedMutualInformation,
} from './clustering/validity.ts'
// Fairness
export * from './fairness/concentration.ts'
export * from './fairness/disparities.ts'
export * from './fairness/group-calibration.ts'
export * from './fairness/group-comparison.ts'
export * from './fairness/group-metrics.ts'
export * from './fairness/inequality.ts'
export * from './fairness/metric-by-group.ts'
// Privacy
export * from './privacy/anonymity.ts'
export * from './privacy/budget.ts'
export * from './privacy/discrete-loss.ts'
export * from './privacy/equivalence-classes.ts'
export * from './privacy/noise-mechanisms.ts'
export {
  combinePrivacyLosses,
  composePrivacyLoss,
  gaussianPrivacyLoss,
  laplacePrivacyLoss,
  type PrivacyLoss,
  privacyDelta,
  privacyEpsilon,
  purePrivacyLoss,
} from './privacy/privacy-loss.ts'
export * from './privacy/sampled-loss.ts'
export * from './privacy/release-loss.ts'
export * from './privacy/renyi-accounting.ts'
// Supervised
export * from './supervised/design.ts'
export * from './supervised/glm.ts'
export type { GlmFamily } from './supervised/glm-families.ts'
export type { GlmLink } from './supervised/glm-links.ts'
export * from './supervised/ols.ts'
export * from './supervised/robust-covariance.ts'
export * from './supervised/quantile-regression.ts'
// Binning
export * from './binning/category-binning.ts'
export * from './binning/continuous-binning.ts'
export * from './binning/level-woe.ts'
export * from './binning/mdlp-splits.ts'
export * from './binning/merge-binning.ts'
export type { WantedTrend } from './binning/auto-trend.ts'
export type { BinObjective } from './binning/divergence.ts'
export type { MergeOptions } from './binning/merge-prebins.ts'
export * from './binning/multiclass-binning.ts'
export * from './binning/binning-quality.ts'
export * from './binning/optimal-binning.ts'
export type { BinTrend, Curvature } from './binning/bin-path.ts'
export * from './binning/outliers.ts'
export * from './binning/prebins.ts'
export * from './binning/reject-inference.ts'
export * from './binning/scorecard.ts'
export * from './binning/stability-index.ts'
export * from './binning/weight-of-evidence.ts'
// Expression
export * from './expression/columns.ts'
export * from './expression/evaluate.ts'
export * from './expression/expression.ts'
export * from './expression/from-models.ts'
export * from './expression/from-scorecard.ts'
// Experiments
export * from './experiments/add-arms.ts'
export * from './experiments/arm-statistics.ts'
export * from './experiments/bandit-simulation.ts'
export * from './experiments/bandits.ts'
export * from './experiments/bayesian.ts'
export * from './experiments/beta-comparison.ts'
export * from './experiments/effect.ts'
export * from './experiments/frequentist.ts'
export type { SequentialPValueSearch } from './experiments/sequential.ts'
export * from './experiments/group-sequential.ts'
export * from './experiments/lin-ucb.ts'
export * from './experiments/mid-experiment-power.ts'
export * from './experiments/mixture-martingale.ts'
export * from './experiments/mixture-sprt.ts'
export * from './experiments/multi-arm-sample-size.ts'
export * from './experiments/normal-bandit.ts'
export * from './experiments/post-stratification.ts'
export * from './experiments/proportion-sequence.ts'
export * from './experiments/quantile-boundaries.ts'
export * from './experiments/quantile-comparison.ts'
export * from './experiments/sample-ratio.ts'
export * from './experiments/softmax-bandits.ts'
export * from './experiments/stitched-boundary.ts'
// Association
export * from './association/association-rules.ts'
export * from './association/baskets.ts'
export * from './association/fp-growth.ts'
export * from './association/condensed-itemsets.ts'
export * from './association/further-measures.ts'
export * from './association/itemset-measures.ts'
export * from './association/prefix-span.ts'
export * from './association/rule-improvement.ts'
export * from './association/rule-measures.ts'
export * from './association/rule-significance.ts'
// Trees
export * from './expression/from-trees.ts'
export * from './supervised/cart.ts'
export * from './supervised/cart-prune.ts'
export * from './supervised/tree-columns.ts'
// Judging models
export * from './supervised/auc-tests.ts'
export * from './supervised/calibration.ts'
export * from './supervised/class-averages.ts'
export * from './supervised/class-metrics.ts'
export * from './supervised/hosmer-lemeshow.ts'
export * from './supervised/multiclass-metrics.ts'
export * from './supervised/probability-metrics.ts'
export * from './supervised/precision-recall.ts'
export * from './supervised/ranking-metrics.ts'
export * from './supervised/regression-metrics.ts'
export * from './supervised/discounted-gain.ts'
export * from './supervised/roc-band.ts'
// Penalised regression, forests and boosting
export type { BoostObjective } from './supervised/boost-objectives.ts'
export type { FlatTree } from './supervised/boosted-tree.ts'
export * from './supervised/elastic-net.ts'
export * from './supervised/logistic-ridge.ts'
export type { BinnedColumns, FeatureBins } from './supervised/feature-bins.ts'
export * from './supervised/gradient-boosting.ts'
export * from './supervised/cross-validation.ts'
export * from './supervised/random-forest.ts'
export * from './supervised/tree-shap.ts'
export * from './supervised/model-summary.ts'
// Uplift
export * from './uplift/base-learners.ts'
export * from './uplift/meta-learners.ts'
export * from './uplift/campaign.ts'
export * from './uplift/policy-value.ts'
export * from './uplift/ranked-effects.ts'
export type { Propensity, TreatedData } from './uplift/treated-data.ts'
export {
  type UpliftBin,
  type UpliftStrategy,
  upliftAtK,
  upliftByPercentile,
  weightedAverageUplift,
} from './uplift/uplift-by-rank.ts'
export * from './uplift/uplift-curves.ts'
export * from './uplift/uplift-groups.ts'
export * from './uplift/uplift-tree.ts'
export * from './inference/survey-estimates.ts'
export * from './inference/survey-weights.ts'
export * from './supervised/multinomial.ts'
export * from './supervised/ordinal.ts'
