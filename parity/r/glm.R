# Generalised linear models of the inverse Gaussian and the negative binomial family, on R's own data.
suppressMessages(library(MASS))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
x <- cbind(cars$speed, cars$speed^2 / 100)
w <- rep(1:2, 25)
jobs <- list(list("inverse Gaussian, log", cars$dist, inverse.gaussian("log"), '"inverseGaussian"', '"log"', NULL), list("inverse Gaussian, weighted", cars$dist, inverse.gaussian("log"), '"inverseGaussian"', '"log"', w),
  list("negative binomial, log", cars$dist, negative.binomial(3.5), '{"negativeBinomial":3.5}', '"log"', NULL), list("negative binomial, square root", cars$dist, negative.binomial(2, link = "sqrt"), '{"negativeBinomial":2}', '"sqrt"', NULL))
cases <- sapply(jobs, function(k) {
  fit <- glm(k[[2]] ~ x, family = k[[3]], weights = k[[6]], control = glm.control(epsilon = 1e-14, maxit = 100))
  scale <- if (startsWith(k[[1]], "neg")) 1 else summary(fit)$dispersion
  obj(case = paste0('"', k[[1]], '"'), x = num(t(x)), y = num(k[[2]]), weights = if (is.null(k[[6]])) "null" else num(k[[6]]), family = k[[4]], link = k[[5]], coefficients = num(coef(fit)), standardErrors = num(sqrt(diag(summary(fit, dispersion = scale)$cov.scaled))),
    deviance = one(fit$deviance), nullDeviance = one(fit$null.deviance), logLikelihood = one(if (startsWith(k[[1]], "neg")) sum(dnbinom(k[[2]], size = get(".Theta", environment(k[[3]]$variance)), mu = fitted(fit), log = TRUE)) else as.numeric(logLik(fit))))
})
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
text <- obj(package = '"stats"', version = paste0('"', as.character(getRversion()), '"'), script = '"parity/r/glm.R"', seed = "null", tolerance = 1e-7, cases = paste0("[", paste(cases, collapse = ","), "]"))
writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures/r-glm-families.json"))
