# ETS models as forecast::ets fits them, where its simplex stops.
suppressMessages(library(forecast))
num <- function(v) paste0("[", paste(formatC(v, digits = 17, format = "g", width = 1), collapse = ","), "]")
one <- function(v) formatC(v, digits = 17, format = "g", width = 1)
obj <- function(...) { v <- list(...); paste0("{", paste0('"', names(v), '":', unlist(v), collapse = ","), "}") }
quarters <- ts(c(30.1, 19.2, 25.3, 27.6, 32.1, 23.5, 26.1, 28.5, 36.4, 24.9, 31.2), frequency = 4)
jobs <- list(list("AirPassengers", AirPassengers, "AAA", FALSE), list("AirPassengers", AirPassengers, "MAM", FALSE),
  list("AirPassengers", AirPassengers, "MAM", TRUE), list("AirPassengers", AirPassengers, "AAA", TRUE),
  list("Nile", Nile, "ANN", FALSE), list("Nile", Nile, "MNN", FALSE), list("Nile", Nile, "AAN", TRUE), list("Nile", Nile, "MMN", FALSE),
  list("AirPassengers", AirPassengers, "MAN", TRUE), list("few quarters", quarters, "MNM", FALSE))
cases <- sapply(jobs, function(j) {
  fit <- ets(j[[2]], j[[3]], damped = j[[4]])
  ahead <- forecast(fit, 16, level = 95)
  obj(case = paste0('"', fit$method, " of ", j[[1]], '"'), model = paste0('"', j[[3]], '"'), damped = if (j[[4]]) "true" else "false", period = frequency(j[[2]]),
    y = num(j[[2]]), logLikelihood = one(fit$loglik), aicc = one(fit$aicc), sigma2 = one(fit$sigma2), alpha = one(fit$par[["alpha"]]),
    level = one(fit$par[["l"]]), mean = num(ahead$mean), lower = num(ahead$lower))
})
text <- obj(package = '"forecast"', version = paste0('"', as.character(packageVersion("forecast")), '"'), script = '"parity/r/ets.R"', seed = "null",
  tolerance = 1e-9, cases = paste0("[", paste(cases, collapse = ","), "]"))
args <- commandArgs(FALSE)
here <- dirname(normalizePath(sub("^--file=", "", grep("^--file=", args, value = TRUE))))
writeLines(text, file.path(here, "../../packages/stats/test/parity/fixtures", "r-ets.json"))
