# Fine and Gray's regression by cmprsk, and intermittent demand by forecast.
suppressMessages({library(cmprsk); library(forecast); library(survival)})
seed <- 33
set.seed(seed, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
write_fixture <- function(name, package, tolerance, cases) {
  text <- obj(package = paste0('"', package, '"'), version = paste0('"', as.character(packageVersion(package)), '"'),
    script = '"parity/r/competing.R"', seed = seed, tolerance = tolerance, cases = paste0("[", paste(cases, collapse = ","), "]"))
  args <- commandArgs(FALSE)
  here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
  writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures", paste0(name, ".json")))
}
n <- 90
x <- round(matrix(rnorm(2 * n), n), 2)
time <- round(rexp(n, 0.2 * exp(0.4 * x[, 1])), 2) + 0.01
cause <- sample(0:2, n, TRUE, c(0.3, 0.4, 0.3))
tied <- ceiling(time)
cases <- sapply(list(list("without ties", time), list("with ties", tied)), function(k) {
  fit <- crr(k[[2]], cause, x, failcode = 1, cencode = 0, gtol = 1e-15, maxiter = 40)
  d <- data.frame(time = k[[2]], cause = factor(cause, 0:2, c("c", "a", "b")), x1 = x[, 1], x2 = x[, 2], id = seq_len(n))
  rows <- finegray(Surv(time, cause) ~ ., data = d, etype = "a", id = id)
  cox <- coxph(Surv(fgstart, fgstop, fgstatus) ~ x1 + x2, data = rows, weights = fgwt, ties = "breslow", robust = TRUE, cluster = id,
    control = coxph.control(eps = 1e-14, iter.max = 50))
  at <- quantile(k[[2]], c(0.2, 0.5, 0.9), type = 1, names = FALSE)
  curves <- predict(fit, x[1:2, ])
  rows_at <- sapply(at, function(t) max(which(curves[, 1] <= t)))
  obj(case = paste0('"', k[[1]], '"'), time = num(k[[2]]), cause = num(cause), x = num(t(x)), coefficients = num(unname(fit$coef)),
    standardErrors = num(sqrt(diag(fit$var))), at = num(at), incidence = num(t(curves[rows_at, -1])), coxCoefficients = num(unname(coef(cox))), robustErrors = num(unname(sqrt(diag(vcov(cox))))))
})
write_fixture("cmprsk-fine-gray", "cmprsk", 1e-7, cases)

group <- sample(1:3, n, TRUE)
block <- sample(1:2, n, TRUE)
cases <- sapply(list(list("without ties", time, 0, FALSE), list("with ties", tied, 0, FALSE), list("rho 1", tied, 1, FALSE),
  list("strata", time, 0, TRUE), list("strata with ties, rho 0.5", tied, 0.5, TRUE)), function(k) {
  fit <- if (k[[4]]) cuminc(k[[2]], cause, group, block, rho = k[[3]]) else cuminc(k[[2]], cause, group, rho = k[[3]])
  obj(case = paste0('"', k[[1]], '"'), time = num(k[[2]]), cause = num(cause), group = num(group), rho = k[[3]],
    strata = if (k[[4]]) num(block) else "null", statistic = num(unname(fit$Tests[, "stat"])), pValue = num(unname(fit$Tests[, "pv"])))
})
write_fixture("cmprsk-gray", "cmprsk", 1e-9, cases)

y <- c(0, 2, 0, 0, 3, 0, 4, 0, 0, 0, 1, 5, 0, 2, 0, 0)
cases <- sapply(c(0.1, 0.2, 0.6), function(alpha) {
  fit <- croston(y, h = 1, alpha = alpha)
  obj(case = paste0('"alpha ', alpha, '"'), y = num(y), alpha = alpha, rate = one(as.numeric(fit$mean)[1]), fitted = num(as.numeric(fit$fitted)[-(1:2)]))
})
write_fixture("r-croston", "forecast", 1e-12, cases)
