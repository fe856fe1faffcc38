# ARIMA models of R's own help pages: exact and conditional, with regressors, and their forecasts.
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
level <- function(y) cbind(as.numeric(time(y)) - 1920, 20 * cos(seq_along(y)))
jobs <- list(
  list("lh AR(1)", lh, c(1, 0, 0), c(0, 0, 0), "ML", FALSE), list("lh AR(3)", lh, c(3, 0, 0), c(0, 0, 0), "ML", FALSE),
  list("lh AR(3) conditional", lh, c(3, 0, 0), c(0, 0, 0), "CSS", FALSE), list("lh ARMA(1,1) conditional", lh, c(1, 0, 1), c(0, 0, 0), "CSS", FALSE),
  list("USAccDeaths", USAccDeaths, c(0, 1, 1), c(0, 1, 1), "ML", FALSE), list("USAccDeaths conditional", USAccDeaths, c(0, 1, 1), c(0, 1, 1), "CSS", FALSE),
  list("LakeHuron on its years", LakeHuron, c(2, 0, 0), c(0, 0, 0), "ML", TRUE), list("LakeHuron on its years, conditional", LakeHuron, c(2, 0, 0), c(0, 0, 0), "CSS", TRUE),
  list("LakeHuron differenced, on its years", LakeHuron, c(1, 1, 1), c(0, 0, 0), "ML", TRUE))
cases <- sapply(jobs, function(k) {
  y <- k[[2]]; x <- if (k[[6]]) level(y)
  args <- list(y, order = k[[3]], seasonal = k[[4]], method = k[[5]], optim.control = list(reltol = 1e-14, maxit = 1000))
  fit <- do.call(arima, c(args, if (k[[6]]) list(xreg = x)))
  ahead <- if (k[[6]]) predict(fit, 3, newxreg = x[4:6, ]) else predict(fit, 3)
  obj(case = paste0('"', k[[1]], '"'), y = num(y), order = num(k[[3]]), seasonal = num(c(k[[4]], if (any(k[[4]] > 0)) 12 else 1)), method = paste0('"', k[[5]], '"'),
    x = if (k[[6]]) num(t(x)) else "null", coefficients = num(coef(fit)), standardErrors = num(sqrt(diag(fit$var.coef))), variance = one(fit$sigma2),
    logLikelihood = one(fit$loglik), mean = num(ahead$pred))
})
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
text <- obj(package = '"stats"', version = paste0('"', as.character(getRversion()), '"'), script = '"parity/r/arima.R"', seed = "null", tolerance = 2e-4, cases = paste0("[", paste(cases, collapse = ","), "]"))
writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures/r-arima.json"))
