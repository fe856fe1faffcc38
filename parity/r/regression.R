# Accelerated failure times, competing risks with ties, gamma regression with R's own link, and proportional odds by R.
suppressMessages({library(survival); library(MASS)})
seed <- 21
set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
write_fixture <- function(name, package, tolerance, cases) {
  text <- obj(package = paste0('"', package, '"'), version = paste0('"', as.character(packageVersion(package)), '"'),
    script = '"parity/r/regression.R"', seed = seed, tolerance = tolerance, cases = paste0("[", paste(cases, collapse = ","), "]"))
  args <- commandArgs(FALSE)
  here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
  writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures", paste0(name, ".json")))
}

n <- 80
x <- round(matrix(rnorm(2 * n), n), 2)
t <- round(exp(1 + 0.5 * x[, 1] - 0.3 * x[, 2] + 0.6 * log(rexp(n))), 2) + 0.01
limit <- round(runif(n, 1, 9), 2)
event <- as.integer(t <= limit)
time <- pmin(t, limit)
aft <- sapply(c(weibull = "weibull", exponential = "exponential", logNormal = "lognormal", logLogistic = "loglogistic"), function(d) {
  fit <- survreg(Surv(time, event) ~ x, dist = d, control = survreg.control(rel.tolerance = 1e-14, maxiter = 100))
  obj(case = paste0('"', d, '"'), distribution = paste0('"', c(weibull = "weibull", exponential = "exponential", lognormal = "logNormal", loglogistic = "logLogistic")[[d]], '"'),
    time = num(time), event = num(event), x = num(t(x)), coefficients = num(unname(fit$coefficients)), scale = one(fit$scale),
    standardErrors = num(unname(sqrt(diag(fit$var)))), logLikelihood = one(fit$loglik[2]))
})
write_fixture("r-survreg", "survival", 1e-7, aft)

m <- 70
tied <- ceiling(rexp(m, 0.1))
cause <- sample(0:2, m, TRUE, c(0.3, 0.4, 0.3))
curve <- survfit(Surv(tied, factor(cause, 0:2)) ~ 1)
keep <- rowSums(curve$n.event[, -1, drop = FALSE]) > 0
write_fixture("r-competing-risks", "survival", 1e-12, sapply(1:2, function(k) obj(case = paste0('"cause ', k, '"'), of = k, time = num(tied),
  cause = num(cause), at = num(curve$time[keep]), incidence = num(curve$pstate[keep, k + 1]))))

y <- cut(1.2 * x[, 1] - 0.8 * x[, 2] + rlogis(n), c(-Inf, -0.8, 0.6, Inf), labels = FALSE)
fit <- polr(factor(y) ~ x, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
write_fixture("r-polr", "MASS", 1e-5, obj(case = '"proportional odds"', x = num(t(x)), y = num(y - 1), coefficients = num(unname(fit$coefficients)),
  thresholds = num(unname(fit$zeta)), logLikelihood = one(c(logLik(fit)))))

amount <- round(rgamma(n, 4, 4 / (1 / (0.6 + 0.1 * x[, 1]))), 3) + 0.001
fit <- glm(amount ~ x, family = Gamma(), control = glm.control(epsilon = 1e-15, maxit = 100))
write_fixture("r-gamma", "stats", 1e-9, obj(case = '"gamma inverse"', x = num(t(x)), y = num(amount), coefficients = num(unname(coef(fit))),
  standardErrors = num(unname(sqrt(diag(vcov(fit))))), dispersion = one(summary(fit)$dispersion), deviance = one(deviance(fit))))

# Lines of the time itself (some known only to lie below 1), a scale that is given or differs between strata, additive hazards.
kind <- ifelse(time < 1, 2, ifelse(event == 1, 1, 0))
group <- as.integer(x[, 2] > 0)
line <- function(name, own, fit) obj(case = paste0('"', name, '"'), distribution = paste0('"', own, '"'),
  coefficients = num(unname(fit$coefficients)), scale = num(unname(fit$scale)), logLikelihood = one(fit$loglik[2]))
tight <- survreg.control(rel.tolerance = 1e-14, maxiter = 100)
scales <- c(
  sapply(c(normal = "gaussian", logistic = "logistic"), function(d) line(d, c(gaussian = "normal", logistic = "logistic")[[d]],
    survreg(Surv(ifelse(kind == 2, -Inf, time), ifelse(kind == 2, 1, ifelse(kind == 0, Inf, time)), type = "interval2") ~ x, dist = d, control = tight))),
  line("Rayleigh", "weibull", survreg(Surv(time, event) ~ x, dist = "rayleigh", control = tight)),
  line("scale by group", "weibull", survreg(Surv(time, event) ~ x + strata(group), control = tight)))
write_fixture("r-survreg-scale", "survival", 1e-6, obj(case = '"all"', time = num(time), event = num(event), x = num(t(x)), group = num(group),
  below = num(as.integer(kind == 2)), fits = paste0("[", paste(scales, collapse = ","), "]")))
additive <- summary(aareg(Surv(time, event) ~ x, nmin = 1, taper = 1))$table
write_fixture("r-additive-hazard", "survival", 1e-9, obj(case = '"two covariates"', time = num(time), event = num(event), x = num(t(x)), statistics = num(unname(additive[, 4]))))
